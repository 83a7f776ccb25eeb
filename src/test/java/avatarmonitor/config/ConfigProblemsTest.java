package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every problem names where it is, the given value, the expected one and what to do. */
class ConfigProblemsTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            monitor.interval            | 60              | a duration from 1s to 1h
            monitor.interval-with-hints | on              | off, or a duration from 1s to 1h
            monitor.interval-with-hints | 0s              | off, or a duration from 1s to 1h
            monitor.interval            | 1.5h            | a duration from 1s to 1h
            monitor.interval            | 0s              | a duration from 1s to 1h
            monitor.interval            | -5s             | a duration from 1s to 1h
            monitor.interval            | 61m             | a duration from 1s to 1h
            monitor.interval            | 99999999999h    | a duration from 1s to 1h
            monitor.interval            | ``              | a duration from 1s to 1h
            fal.timeout                 | 50s             | a duration from 1s to 49s
            db.pool-size                | many            | a whole number from 7 to 200
            db.pool-size                | 6               | a whole number from 7 to 200
            worker.concurrency          | 1001            | a whole number from 1 to 1000
            worker.concurrency          | 5.0             | a whole number from 1 to 1000
            worker.concurrency          | 99999999999     | a whole number from 1 to 1000
            worker.name                 | two words       | up to 64 of
            monitor.cancel-on           | gave_up, never  | none, or gave_up, stalled with commas between them
            start.listen                | on              | one of auto, off
            reconcile.stalled-action    | delete          | one of none, error
            log.level                   | loud            | one of error, warn, info, debug, trace
            http.enabled                | maybe           | true or false
            http.host                   | http://x        | an address or host name, such as 127.0.0.1 or 0.0.0.0
            http.port                   | 65536           | auto or a whole number from 0 to 65535
            webhook.jwks-url            | http://x/jwks   | an address such as https://rest.fal.ai/.well-known/jwks.json
            log.format                  | xml             | one of text, json
            db.url                      | mysql://host/db | jdbc:postgresql://host:port/database
            db.url                      | jdbc:mysql://h  | jdbc:postgresql://host:port/database
            db.url                      | postgres://h/d  | jdbc:postgresql://host:port/database
            db.url                      | jdbc:h2:mem:x   | a database that outlives the process
            db.url                      | jdbc:postgresql://h/d?sslmod=verify-full | parameters that the driver knows
            db.url                      | jdbc:h2:./x;WRITE_DELY=0 | parameters that the driver knows
            db.url                      | jdbc:postgresql://h/d?sslmode=verify | a URL that avatar-monitor can work with
            fal.base-url                | queue.fal.run   | scheme, host and port
            fal.base-url                | ftp://fal.run   | scheme, host and port
            fal.base-url                | https://        | scheme, host and port
            fal.base-url                | https://a b     | scheme, host and port
            fal.base-url                | https://h/path  | scheme, host and port
            fal.base-url                | https://h?q=1   | scheme, host and port
            fal.base-url                | https://h#f     | scheme, host and port
            fal.base-url                | https://u@h     | scheme, host and port
            fal.base-url                | https://h:0     | scheme, host and port
            fal.base-url                | https://h:70000 | scheme, host and port
            fal.base-url                | http://fal.run  | scheme, host and port
            fal.base-url                | http://127.0.0.1.example.com | scheme, host and port
            fal.base-url                | http://127.0.0.1@example.com | scheme, host and port
            alerts.email.to             | a@b, c          | up to 20 addresses
            alerts.email.from           | a@b,c@d         | one address
            alerts.email.from           | Ada <a@b>       | one address
            alerts.email.host           | mail/x          | a host name
            alerts.email.port           | 65536           | a whole number from 1
            fal.endpoints.portrait      | trainer         | owner/app
            fal.endpoints.portrait      | /fal-ai/trainer | owner/app
            fal.endpoints.portrait      | fal-ai/../x     | owner/app
            fal.endpoints.style         | fal-ai//v1.1      | owner/app
            fal.endpoints.style         | workflows/me    | owner/app
            """)
    void badValueIsReportedWithItsPlaceAndWhatWasExpected(String key, String text, String expected) {
        Problem inFile = new ConfigFixture(directory)
                .file("", key + " = \"" + text + "\"")
                .problem();
        Problem inEnvironment = new ConfigFixture(directory)
                .variable(ShippedKeys.variable(key), text)
                .problem();

        assertThat(inFile.key()).isEqualTo(key);
        assertThat(inFile.origin()).isEqualTo(directory.resolve("test.conf") + ":2");
        assertThat(inFile.expected()).startsWith(expected);
        assertThat(inFile.advice()).isNotBlank();
        assertThat(inEnvironment.origin()).isEqualTo("environment variable " + ShippedKeys.variable(key));
        assertThat(inEnvironment.given()).isEqualTo(inFile.given()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            monitor.windw = 1h      | "monitor.windw"    | did you mean monitor.window?
            monitor.maxAge = 1h     | "monitor.maxAge"   | did you mean monitor.max-age?
            window = 1h             | "window"           | did you mean monitor.window?
            fal.endpoints.styl = a  | "fal.endpoints.styl" | did you mean fal.endpoints.style?
            monitor.interval.x = 1  | monitor.interval   | write monitor.interval = VALUE, without braces or brackets
            completely.else = 1     | "completely.else"  | remove it; docs/configuration.md lists every key
            empty {}                | "empty"            | remove it; docs/configuration.md lists every key
            monitor = 5             | monitor            | set the keys inside it, such as monitor.interval
            monitor.interval = [1s] | monitor.interval   | write monitor.interval = VALUE, without braces or brackets
            monitor.interval {}     | monitor.interval   | write monitor.interval = VALUE, without braces or brackets
            """)
    void unknownKeyOfFileIsReportedWithTheLikelyOne(String line, String key, String advice) {
        Problem problem = new ConfigFixture(directory).file("", "", line).problem();

        assertThat(problem.key()).isEqualTo(key);
        assertThat(problem.advice()).isEqualTo(advice);
        assertThat(problem.origin()).isEqualTo(directory.resolve("test.conf") + ":3");
    }

    @Test
    void quotedKeyIsNotTakenForAPath() {
        assertThat(new ConfigFixture(directory)
                        .file("\"monitor.window\" = 2h")
                        .problem()
                        .advice())
                .isEqualTo("did you mean monitor.window?");
    }

    @Test
    void unknownVariableIsReportedWithTheLikelyOne() {
        Problem problem = new ConfigFixture(directory)
                .variable("AVATAR_MONITOR_DB_POOLSIZE", "9")
                .problem();

        assertThat(problem.key()).isEqualTo("\"AVATAR_MONITOR_DB_POOLSIZE\"");
        assertThat(problem.advice()).isEqualTo("did you mean AVATAR_MONITOR_DB_POOL_SIZE?");
    }

    @Test
    void variablesThatKubernetesSetsForAServiceOfOurNameAreNoMistake() {
        ConfigFixture config = new ConfigFixture(directory)
                .variable("AVATAR_MONITOR_SERVICE_HOST", "10.0.0.1")
                .variable("AVATAR_MONITOR_SERVICE_PORT", "80")
                .variable("AVATAR_MONITOR_SERVICE_PORT_HTTP", "80")
                .variable("AVATAR_MONITOR_PORT", "tcp://10.0.0.1:80")
                .variable("AVATAR_MONITOR_PORT_80_TCP_ADDR", "10.0.0.1");

        assertThat(config.load().effective()).isNotEmpty();
    }

    @Test
    void fileThatIsNoHoconIsReportedWithItsLine() {
        Problem noQuotes = new ConfigFixture(directory)
                .file("worker.name = a", "fal.base-url = https://queue.fal.run")
                .problem();
        Problem noBrace =
                new ConfigFixture(directory).file("monitor {", "window = 1h").problem();
        Problem noVariable =
                new ConfigFixture(directory).file("db.password = ${NO_SUCH}").problem();
        Problem noInclude =
                new ConfigFixture(directory).file("include required(\"nix\")").problem();
        Problem tooDeep = new ConfigFixture(directory).file("[".repeat(200_000)).problem();

        assertThat(noQuotes.key()).isEqualTo(directory.resolve("test.conf") + ":2");
        assertThat(noQuotes.advice()).contains("double quotes");
        assertThat(noBrace.key()).startsWith(directory.resolve("test.conf") + ":");
        assertThat(noVariable.advice()).contains("${?NAME}");
        assertThat(noInclude.advice()).contains("includes");
        assertThat(tooDeep.advice()).contains("nested too deeply");
    }

    @Test
    void fileThatCannotBeReadIsReported() throws Exception {
        assertThat(new ConfigFixture(directory).named("nowhere.conf").problem().advice())
                .contains("no such file", "--config");
        assertThat(new ConfigFixture(directory).named(".").problem().advice()).contains("not a file");
        Files.writeString(directory.resolve("big.conf"), " ".repeat(300_000));
        assertThat(new ConfigFixture(directory).named("big.conf").problem().advice())
                .contains("larger");
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        List<Problem> problems = new ConfigFixture(directory)
                .file(
                        "monitor.intervall = 5s",
                        "monitor.window = soon",
                        "db.pool-size = 8",
                        "reconcile.retry-delay = 2h")
                .variable("AVATAR_MONITOR_LOG_LEVEL", "loud")
                .variable("AVATAR_MONITOR_FALL_KEY", "x")
                .variable("FAL_KEY_ID", "half")
                .problems();

        assertThat(problems)
                .extracting(Problem::key)
                .containsExactlyInAnyOrder(
                        "\"monitor.intervall\"",
                        "monitor.window",
                        "db.pool-size",
                        "reconcile.retry-delay",
                        "log.level",
                        "\"AVATAR_MONITOR_FALL_KEY\"",
                        "fal.key");
    }

    @Test
    void brokenFileHidesNoProblemOfTheEnvironment() {
        List<Problem> problems = new ConfigFixture(directory)
                .file("monitor {")
                .variable("AVATAR_MONITOR_LOG_LEVEL", "loud")
                .variable("AVATAR_MONITOR_MONITOR_WINDOW", "5s")
                .problems();

        assertThat(problems)
                .extracting(Problem::expected)
                .containsExactly("valid HOCON", "one of error, warn, info, debug, trace");
    }

    @Test
    void oneTextContainsAllProblems() {
        assertThatThrownBy(() -> new ConfigFixture(directory)
                        .file("monitor.window = soon", "log.level = loud")
                        .load())
                .isInstanceOf(ConfigException.class)
                .hasMessage("""
                        the configuration has 2 problems:

                          monitor.window = "soon"  (FILE:1)
                            expected: a duration from 1s to 7d
                            to do: write a whole number and a unit (ms, s, m, h or d), such as 1s

                          log.level = "loud"  (FILE:2)
                            expected: one of error, warn, info, debug, trace
                            to do: choose one of them""".replace("FILE", directory.resolve("test.conf").toString()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jdbc:postgresql://h/d?sslmod=verify-full    | there is no parameter "sslmod", did you mean sslmode?
            jdbc:postgresql://h/d?SSLMODE=require       | there is no parameter "SSLMODE", did you mean sslmode?
            jdbc:postgresql://h/d?targetservertype=any  | there is no parameter "targetservertype", did you mean targetServerType?
            jdbc:h2:file:./x;CACHE_SIZ=1                | there is no parameter "CACHE_SIZ", did you mean CACHE_SIZE?
            jdbc:postgresql://h/d?flux=1                | there is no parameter "flux": correct or remove it
            """)
    void misspeltParameterOfTheUrlIsReportedWithTheOneThatWasMeant(String url, String advice) {
        Problem problem = new ConfigFixture(directory)
                .variable(ShippedKeys.variable("db.url"), url)
                .problem();

        assertThat(problem.key()).isEqualTo("db.url");
        assertThat(problem.advice()).isEqualTo(advice);
    }
}
