package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.app.start.SqlRequests;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.config.Settings;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code avatar_monitor_start} and {@code avatar_monitor_stop}: their results, the rows that they write, and how a
 * worker executes these.
 */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class SqlFunctionsTest {
    /** PostgreSQL rounds to microseconds, Quartz cuts to milliseconds: only whole milliseconds are the same in both. */
    private static final InstantSource MILLIS = () -> Instant.now().truncatedTo(ChronoUnit.MILLIS);

    private static final String UNKNOWN = "00000000-0000-0000-0000-000000000000";

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final Avatars avatars;
    private final Instant started = Instant.now().minusSeconds(300);
    private Optional<Monitor> opened = Optional.empty();

    SqlFunctionsTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
    }

    @AfterEach
    void close() {
        opened.ifPresent(Monitor::close);
    }

    /** Creates the executor of a worker that fires nothing. */
    private SqlRequests requests() {
        Settings settings = LocalSettings.load(fresh, directory);
        Monitor monitor = opened.orElseGet(() -> Monitor.open(settings, MILLIS));
        opened = Optional.of(monitor);
        return monitor.operator().sqlRequests();
    }

    private String call(String function, Object id) {
        String sql = "SELECT " + function + "(" + (id.equals("NULL") ? "NULL" : "'" + id + "'") + ")";
        return Sql.rows(database, sql).get(0);
    }

    private List<String> events() {
        return Sql.rows(
                database,
                "SELECT concat_ws(' ', type, detail->>'action', detail->>'outcome', detail->>'reason') FROM avatar_event ORDER BY id");
    }

    private String count(String table) {
        return Sql.rows(database, "SELECT count(*) FROM " + table).get(0);
    }

    @Test
    void startIsDoneOnceWithACheckThatIsDueNowAndItsRhythmKeepsItsPlace() {
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);

        assertThat(call("avatar_monitor_start", id)).isEqualTo("requested");
        assertThat(count("qrtz_triggers")).isEqualTo("0");
        assertThat(requests().doAll()).isEqualTo(1);

        assertThat(events()).containsExactly("operator_action monitor requested", "watching");
        assertThat(Sql.rows(database, """
                        SELECT t.next_fire_time = floor(extract(epoch FROM e.at) * 1000), t.next_fire_time >= t.start_time,
                               t.next_fire_time - t.start_time < 60001, t.end_time - t.start_time
                        FROM qrtz_triggers t, avatar_event e WHERE e.type = 'watching'""")).containsExactly("t|t|t|3660000");
        assertThat(count("avatar_monitor_request")).isEqualTo("0");
        assertThat(requests().doAll()).isZero();
    }

    private String startWith(AvatarId id, String settings) {
        return Sql.rows(database, "SELECT avatar_monitor_start_with('" + id + "', " + settings + ")")
                .get(0);
    }

    private List<String> settings() {
        return Sql.rows(
                database,
                "SELECT window_seconds, interval_seconds, extract(epoch FROM deadline - now()) BETWEEN 7100 AND 7200 FROM"
                        + " avatar_monitoring");
    }

    @Test
    void settingsHoldForTheTrainingAndThoseLeftOutStay() {
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);
        assertThat(startWith(id, "'3 hours', '30 seconds', now() + INTERVAL '2 hours'"))
                .isEqualTo("requested");
        assertThat(call("avatar_monitor_start", id)).as("the last one counts").isEqualTo("requested");
        assertThat(requests().doAll()).isEqualTo(2);
        assertThat(settings()).containsExactly("10800|30|t");
        assertThat(Sql.rows(database, "SELECT repeat_interval FROM qrtz_simple_triggers"))
                .containsExactly("30000");
        assertThat(events()).contains("watching", "overridden");

        assertThat(startWith(id, "check_interval => '45 s'")).isEqualTo("requested");
        requests().doAll();
        assertThat(settings()).containsExactly("10800|45|t");

        call("avatar_monitor_stop", id);
        startWith(id, "monitor_window => '4 h'");
        requests().doAll();
        assertThat(settings()).as("of the same training").containsExactly("14400|45|t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "check_interval => '0 s' | the interval must be from 1s to 1h, in whole seconds",
                "check_interval => '61 min' | the interval must be from 1s to 1h, in whole seconds",
                "check_interval => '1.5 s' | the interval must be from 1s to 1h, in whole seconds",
                "monitor_window => '-1 h' | the window must be from 1s to 7d, in whole seconds",
                "monitor_window => '8 days' | the window must be from 1s to 7d, in whole seconds",
                "deadline => '2026-01-01Z' | the deadline 2026-01-01 00:00:00+00 has passed; it must be later than now",
                "deadline => 'infinity' | the deadline infinity is too far ahead; it must be within 30d",
                "deadline => '-infinity' | the deadline -infinity has passed; it must be later than now"
            })
    void settingOutOfItsBoundsIsRefusedAtOnce(String given, String reason) {
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);
        List<String> result = Sql.rows(
                database,
                "SELECT set_config('timezone', 'UTC', false), avatar_monitor_start_with('" + id + "', " + given + ")");
        assertThat(result).containsExactly("UTC|refused: " + reason);
        assertThat(count("avatar_monitor_request")).isEqualTo("0");
        assertThat(events()).containsExactly("operator_action monitor refused " + reason);
    }

    @Test
    void settingThatContradictsTheConfigurationIsReportedByTheWorker() {
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);
        assertThat(startWith(id, "'20 s'")).isEqualTo("requested");
        requests().doAll();
        assertThat(events())
                .containsExactly(
                        "operator_action monitor requested",
                        "operator_action monitor refused the interval of 60 s is longer than the window of 20 s, so that"
                                + " nothing would be checked");
        assertThat(count("qrtz_triggers")).isEqualTo("0");
        assertThat(startWith(avatars.insert("PORTRAIT", "completed", "req-2", started), "'2 h'"))
                .isEqualTo("refused: its status is completed, not TRAINING");
    }

    @Test
    void requestOfATransactionThatIsRolledBackNeverHappened() {
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);

        assertThatThrownBy(() -> Sql.run(database, "SELECT avatar_monitor_start('" + id + "')", "SELECT 1 / 0"))
                .isInstanceOf(StoreException.class);

        assertThat(requests().doAll()).isZero();
        assertThat(events()).isEmpty();
    }

    @Test
    void whatCannotBeMonitoredIsRefusedAndTheTransactionGoesOn() {
        Sql.run(database, "ALTER TABLE avatars ALTER status DROP NOT NULL");
        AvatarId completed = avatars.insert("PORTRAIT", "completed", "req-1", started);
        AvatarId without = avatars.insert("PORTRAIT", null, "req-2", started);

        assertThat(call("avatar_monitor_start", UNKNOWN)).isEqualTo("refused: there is no such avatar");
        assertThat(call("avatar_monitor_start", completed)).isEqualTo("refused: its status is completed, not TRAINING");
        assertThat(call("avatar_monitor_start", without)).isEqualTo("refused: its status is NULL, not TRAINING");
        assertThat(call("avatar_monitor_start", "NULL")).isEqualTo("refused: no id");
        assertThat(call("avatar_monitor_stop", completed)).isEqualTo("refused: it is not monitored");
        assertThat(call("avatar_monitor_stop", "NULL")).isEqualTo("refused: no id");

        assertThat(count("avatar_monitor_request")).isEqualTo("0");
        assertThat(events())
                .containsExactly(
                        "operator_action monitor refused there is no such avatar",
                        "operator_action monitor refused its status is completed, not TRAINING",
                        "operator_action monitor refused its status is NULL, not TRAINING",
                        "operator_action monitor refused no id",
                        "operator_action unmonitor refused it is not monitored",
                        "operator_action unmonitor refused no id");
    }

    @Test
    void whatOnlyAWorkerCanRefuseIsReported() {
        AvatarId odd = avatars.insert("PORTRAIT", "Training", "../x", started);

        assertThat(call("avatar_monitor_start", odd)).isEqualTo("requested");
        assertThat(requests().doAll()).isEqualTo(1);

        assertThat(events())
                .containsExactly(
                        "operator_action monitor requested",
                        "operator_action monitor refused fal_request_id is not 1 to 64 letters, digits and hyphens");
        assertThat(Sql.rows(database, "SELECT DISTINCT detail->>'actor', detail->>'channel' FROM avatar_event"))
                .containsExactly(fresh.config().user() + "|sql");
        assertThat(Sql.rows(database, "SELECT detail->>'address' FROM avatar_event"))
                .allMatch(address -> address.matches("127\\.0\\.0\\.1|::1"));
    }

    @Test
    void stopEndsMonitoringAndTheLastOfSeveralRequestsCounts() {
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);
        assertThat(call("avatar_monitor_start", id)).isEqualTo("requested");
        assertThat(call("avatar_monitor_stop", id)).isEqualTo("requested");
        assertThat(requests().doAll()).isEqualTo(2);
        assertThat(count("qrtz_triggers")).isEqualTo("0");
        call("avatar_monitor_start", id);
        requests().doAll();
        assertThat(count("qrtz_triggers")).isEqualTo("1");

        assertThat(call("avatar_monitor_stop", id)).isEqualTo("requested");
        requests().doAll();

        assertThat(count("qrtz_triggers")).isEqualTo("0");
        assertThat(Sql.rows(database, "SELECT outcome FROM avatar_monitoring")).containsExactly("unwatched");
        assertThat(Sql.rows(database, "SELECT status FROM avatars")).containsExactly("TRAINING");
        assertThat(call("avatar_monitor_stop", id)).isEqualTo("refused: it is not monitored");
    }

    /** Simulates a worker that crashes after it has leased a request. */
    @Test
    void leasedRequestIsDoneWhenTheLeaseIsOverAndALaterOneWaitsForIt() {
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);
        AvatarId other = avatars.training("PORTRAIT", "req-2", started);
        call("avatar_monitor_start", id);
        Sql.run(
                database,
                "UPDATE avatar_monitor_request SET attempts = 1, taken_until = clock_timestamp() + INTERVAL '1 hour'");
        call("avatar_monitor_stop", id);
        call("avatar_monitor_start", other);

        assertThat(requests().doAll()).isEqualTo(1);
        assertThat(count("avatar_monitor_request")).isEqualTo("2");
        Sql.run(database, "UPDATE avatar_monitor_request SET taken_until = clock_timestamp() - INTERVAL '1 second'");

        assertThat(requests().doAll()).isEqualTo(2);
        assertThat(Sql.rows(database, "SELECT trigger_name FROM qrtz_triggers")).containsExactly(other.toString());
    }

    @Test
    void requestThatFailsHoldsUpNoOtherAndIsDroppedInTheEnd() {
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);
        AvatarId other = avatars.training("PORTRAIT", "req-2", started);
        Sql.run(
                database,
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$",
                "CREATE TRIGGER refuse BEFORE INSERT ON avatar_monitoring FOR EACH ROW WHEN (NEW.avatar_id = '" + id
                        + "') EXECUTE FUNCTION refuse()");
        call("avatar_monitor_start", id);
        call("avatar_monitor_start", other);
        SqlRequests requests = requests();

        assertThatThrownBy(requests::doAll).hasMessageContaining("not this one");
        endLeases();
        assertThat(requests.doAll()).isEqualTo(2);
        assertThat(Sql.rows(database, "SELECT trigger_name FROM qrtz_triggers")).containsExactly(other.toString());
        assertThat(count("avatar_monitor_request")).isEqualTo("1");
        Sql.run(database, "UPDATE avatar_monitor_request SET attempts = 19");
        endLeases();
        assertThat(requests.doAll()).isEqualTo(1);

        assertThat(count("avatar_monitor_request")).isEqualTo("0");
        assertThat(events().get(events().size() - 1))
                .startsWith("operator_action monitor failed")
                .contains("not this one");
    }

    private void endLeases() {
        Sql.run(database, "UPDATE avatar_monitor_request SET taken_until = clock_timestamp() - INTERVAL '1 second'");
    }

    /** Replaced tables or functions would run code of the caller with the owner's privileges. */
    @Test
    void temporaryTablesAndFunctionsOfTheCallerAreNotUsed() {
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);
        String role = "app_" + UUID.randomUUID().toString().substring(0, 8);
        Sql.run(
                database,
                "CREATE ROLE " + role,
                "GRANT USAGE ON SCHEMA public TO " + role,
                "GRANT SELECT ON avatars TO " + role,
                "GRANT EXECUTE ON FUNCTION avatar_monitor_start, avatar_monitor_stop, avatar_monitor_record_request,"
                        + " avatar_monitor_start_with, avatar_monitor_record_settings TO "
                        + role);
        String answer = database.inTransaction(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute("SET LOCAL ROLE " + role);
                statement.execute("CREATE TEMPORARY TABLE avatar_monitor_request (id int) ON COMMIT DROP");
                statement.execute("CREATE TEMPORARY TABLE avatar_event (id int) ON COMMIT DROP");
                statement.execute("CREATE FUNCTION pg_temp.session_user() RETURNS text LANGUAGE sql AS 'SELECT ''x'''");
                statement.execute("SET LOCAL search_path = pg_temp, public");
                var row = statement.executeQuery("SELECT avatar_monitor_start('" + id + "')");
                row.next();
                return row.getString(1);
            }
        });

        assertThat(answer).isEqualTo("requested");
        assertThat(count("public.avatar_monitor_request")).isEqualTo("1");
        assertThat(events()).containsExactly("operator_action monitor requested");
        // and it has no privilege except on the functions
        assertThatThrownBy(() -> Sql.run(
                        database, "SET LOCAL ROLE " + role, "INSERT INTO avatar_monitor_request DEFAULT VALUES"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.sqlState()).hasValue("42501"));
        assertThatThrownBy(() -> Sql.run(
                        database, "SET LOCAL ROLE " + role, "SELECT avatar_monitor_record_request('x', NULL, '')"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.sqlState()).hasValue("22023"));
    }
}
