package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JdbcUrlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:file:./data/avatar-monitor",
                "jdbc:h2:./data/avatar-monitor",
                "jdbc:h2:~/avatar-monitor",
                "jdbc:h2:/var/lib/avatar-monitor",
                "jdbc:h2:C:/data/avatar-monitor",
                "jdbc:h2:async:./data/avatar-monitor"
            })
    void fileIsCompletedWithEverythingThatItsPromisesNeed(String url) {
        assertThat(settings(url).url())
                .startsWith("jdbc:h2:async:")
                .contains("avatar-monitor;")
                .contains(";MODE=PostgreSQL")
                .contains(";DATABASE_TO_LOWER=TRUE")
                .contains(";DEFAULT_NULL_ORDERING=HIGH")
                .contains(";AUTO_SERVER=TRUE")
                .contains(";WRITE_DELAY=0")
                .contains(";LOCK_TIMEOUT=60000");
    }

    @Test
    void settingsThatAreGivenStayAndAreNotRepeated() {
        assertThat(settings("jdbc:h2:file:./x;mode=postgresql;LOCK_TIMEOUT=1000;CIPHER=AES;")
                        .url())
                .contains(";MODE=postgresql;")
                .contains(";LOCK_TIMEOUT=1000;CIPHER=AES;")
                .doesNotContain("MODE=PostgreSQL")
                .doesNotContain("60000");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:h2:mem:test, in memory",
        "jdbc:h2:tcp://localhost/~/test, must name an H2 file",
        "jdbc:h2:file:./x;WRITE_DELAY=500, lost when the process is killed",
        "jdbc:h2:file:./x;AUTO_SERVER=FALSE, no other command could look",
        "jdbc:h2:file:./x;MODE=Oracle, written for that mode",
        "jdbc:h2:file:./x;INIT=SET SCHEMA app, select a schema by SCHEMA=name",
        "jdbc:postgresql://h/d?stringtype=varchar, must be unspecified",
        "jdbc:postgresql://h/d?sslmode=verify_full, must be one of disable",
        "jdbc:mysql://h/d, must start with jdbc:postgresql:",
        "postgres://h/d, must start with jdbc:postgresql:"
    })
    void urlThatCannotKeepAPromiseIsRefusedWithTheReason(String url, String reason) {
        assertThat(JdbcUrl.problem(url))
                .hasValueSatisfying(text -> assertThat(text).contains(reason));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://ann:s%40cret@db:5433/app?sslmode=require",
                "jdbc:postgresql://db:5433/app?user=ann&password=s%40cret&sslmode=require",
                "jdbc:postgresql://db:5433/app?sslmode=require&password=s%40cret&user=ann"
            })
    void userAndPasswordMayStandInTheUrlAndNeverShow(String url) {
        ConnectionSettings settings = settings(url);

        assertThat(settings.url()).isEqualTo("jdbc:postgresql://db:5433/app?sslmode=require");
        assertThat(settings.user()).isEqualTo("ann");
        assertThat(settings.password()).isEqualTo("s@cret");
        assertThat(settings.toString()).doesNotContain("cret");
        assertThat(JdbcUrl.withoutSecrets(url)).doesNotContain("cret");
    }

    @Test
    void parametersThatTheDriverDoesNotKnowAreFound() {
        assertThat(JdbcUrl.unknownParameters(
                        "jdbc:postgresql://db/app?sslmod=verify-full&connectTimeout=3&pasword=hunter2"))
                .containsExactly("sslmod", "pasword");
        assertThat(JdbcUrl.unknownParameters(
                        "jdbc:h2:file:./x;TRACE_LEVEL_FIL=0;CACHE_SIZE=100;CIPHER=AES;ifexists=true"))
                .containsExactly("TRACE_LEVEL_FIL");
        assertThat(JdbcUrl.withoutSecrets("jdbc:postgresql://db/app?pasword=hunter2&sslmode=require"))
                .isEqualTo("jdbc:postgresql://db/app?pasword=***&sslmode=require");
    }

    @Test
    void severalHostsLeadToThePrimaryAndOneHostAsItIs() {
        assertThat(settings("jdbc:postgresql://a,b:5433/app").driverProperties())
                .containsEntry("targetServerType", "primary")
                .containsEntry("hostRecheckSeconds", "2");
        assertThat(settings("jdbc:postgresql://a,b/app?targetServerType=any").driverProperties())
                .doesNotContainKey("targetServerType");
        assertThat(settings("jdbc:postgresql://a/app,b").driverProperties()).doesNotContainKey("targetServerType");
    }

    @Test
    void embeddedDatabaseWritesNoTraceFile() {
        assertThat(settings("jdbc:h2:file:./x").url()).contains(";TRACE_LEVEL_FILE=0");
    }

    @Test
    void keysWinOverTheUrl() {
        ConnectionSettings settings =
                ConnectionSettings.of(new StoreConfig("jdbc:h2:file:./x;USER=other;PASSWORD=wrong", "ann", "right", 1));

        assertThat(settings.user()).isEqualTo("ann");
        assertThat(settings.password()).isEqualTo("right");
        assertThat(settings.url()).doesNotContain("USER").doesNotContain("wrong");
    }

    @Test
    void driverSettingsOfTheUrlWinOverOurs() {
        assertThat(settings("jdbc:postgresql://db/app?ApplicationName=mine&socketTimeout=60")
                        .driverProperties())
                .doesNotContainKeys("ApplicationName", "socketTimeout")
                .containsEntry("stringtype", "unspecified")
                .containsEntry("connectTimeout", "5");
    }

    @Test
    void everyWaitOutlastsTheOneInsideIt() {
        assertThat(PostgresConnection.IDLE_IN_TRANSACTION).isLessThan(PostgresConnection.LOCK_WAIT);
        assertThat(PostgresConnection.LOCK_WAIT).isLessThan(PostgresConnection.STATEMENT);
        assertThat(PostgresConnection.STATEMENT).isLessThan(PostgresConnection.SOCKET);
        assertThat(PostgresConnection.LOCK_WAIT).isLessThan(Pools.CONNECTION_WAIT);
    }

    private static ConnectionSettings settings(String url) {
        return ConnectionSettings.of(new StoreConfig(url, "", "", 1));
    }
}
