package avatarmonitor.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.StoreConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Findings of {@code doctor} about the connection to a PostgreSQL server, before it connects. */
class ServerDoctorTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db.example.com/app",
                "jdbc:postgresql://db.example.com/app?sslmode=require",
                "jdbc:postgresql://db.example.com/app?sslmode=verify-ca&sslrootcert=ca.crt",
                "jdbc:postgresql://localhost,db.example.com:5433/app",
                "jdbc:postgresql://10.0.0.1/app?ssl=false",
                "jdbc:postgresql://db.example.com/app?sslmode=verify-full&sslfactory=org.postgresql.ssl.NonValidatingFactory",
                "jdbc:postgresql://db.example.com/app?ssl=true&sslhostnameverifier=com.example.Anything"
            })
    void remoteServerThatIsNotVerifiedIsAWarning(String url) {
        DoctorResult finding = transport(url);

        assertThat(finding.level()).isEqualTo(DoctorResult.Level.WARN);
        assertThat(finding.line()).startsWith("warn transport:").contains("sslmode=verify-full in db.url");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db.example.com/app?sslmode=verify-full&sslrootcert=ca.crt",
                "jdbc:postgresql://one.example.com,two.example.com/app?ssl=true",
                "jdbc:postgresql://db.example.com/app?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
                "jdbc:postgresql://localhost/app",
                "jdbc:postgresql://127.0.0.1:5433,[::1]/app",
                "jdbc:postgresql:app"
            })
    void verifiedServerAndThisMachineAreFine(String url) {
        assertThat(transport(url).level()).isEqualTo(DoctorResult.Level.OK);
    }

    @Test
    void warningNamesTheServersThatAreNotVerified() {
        assertThat(transport("jdbc:postgresql://localhost,db.example.com:5433/app?sslmode=require")
                        .line())
                .contains("nothing proves that db.example.com is the database server (sslmode=require)");
    }

    private static DoctorResult transport(String url) {
        List<DoctorResult> findings = new ArrayList<>();
        ServerDoctor.transport(new StoreConfig(url, "", "", 16), new Findings(findings::add));
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }
}
