package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.web.AccessControl.Admission;
import avatarmonitor.web.HttpConfig.TokenForReading;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.access.AccessToken;
import avatarmonitor.web.access.FailedTokens;
import avatarmonitor.web.access.TokenBook;
import avatarmonitor.web.access.TokenFile;
import avatarmonitor.web.access.TokenFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several tokens with names and roles, rotated while the worker runs, and a rate limit for wrong ones. */
class TokensTest {
    private static final String OWN = "correct-horse-battery-staple";
    private static final String ALICE = "alice-alice-alice-alice";
    private static final String GRAFANA = "grafana-grafana-grafana";
    private static final String NEW = "alice-has-a-new-token-now";

    @TempDir
    private Path directory;

    private Path file;
    private final AtomicLong nanos = new AtomicLong(Duration.ofDays(1).toNanos());
    private final List<String> secrets = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("tokens");
        write("# people", "", "alice operate " + ALICE, "  grafana\tREAD   " + GRAFANA + " ");
    }

    private void write(String... lines) throws IOException {
        Files.writeString(file, String.join("\r\n", lines));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private TokenFile open() throws TokenFileException {
        return TokenFile.open(file, secrets::add, nanos::get);
    }

    private AccessControl guard(TokenForReading reading, @Nullable TokenFile tokens) {
        return new AccessControl(
                new HttpConfig(
                        true,
                        "127.0.0.1",
                        OptionalInt.empty(),
                        false,
                        reading,
                        new TokenBook(new AccessToken(OWN), tokens, null)),
                nanos::get);
    }

    private static HttpFields.Mutable call(@Nullable String token) {
        HttpFields.Mutable call = HttpFields.build().put("Host", "127.0.0.1:8484");
        return token == null ? call : call.put("Authorization", "Bearer " + token);
    }

    /** Returns the status of a rejection, or the name of the admitted caller. */
    private static String outcome(AccessControl guard, Access access, HttpFields call, String address) {
        Admission admission = guard.admit(access, call, address);
        if (admission instanceof Admission.Refused refused) {
            return String.valueOf(refused.answer().status());
        }
        return ((Admission.Admitted) admission).caller().name();
    }

    private static String outcome(AccessControl guard, Access access, @Nullable String token) {
        return outcome(guard, access, call(token), "127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            READ   |                              | 401
            READ   | wrong-wrong-wrong-wrong      | 401
            READ   | correct-horse-battery-staple | http.token
            READ   | grafana-grafana-grafana      | grafana
            CHANGE | grafana-grafana-grafana      | 403
            CHANGE | alice-alice-alice-alice      | alice
            CHANGE | correct-horse-battery-staple | http.token
            OPEN   |                              | anonymous
            """)
    void roleDecidesAndEveryReaderNeedsATokenWhereAlwaysIsSet(Access access, @Nullable String token, String expected)
            throws Exception {
        assertThat(outcome(guard(TokenForReading.ALWAYS, open()), access, token))
                .isEqualTo(expected);
    }

    @Test
    void readersOfThisMachineNeedNoneOtherwise() throws Exception {
        assertThat(outcome(guard(TokenForReading.AUTO, open()), Access.READ, (String) null))
                .isEqualTo("anonymous");
    }

    @Test
    void tokensAreRotatedWithoutRestart() throws Exception {
        AccessControl guard = guard(TokenForReading.ALWAYS, open());
        assertThat(outcome(guard, Access.READ, ALICE)).isEqualTo("alice");
        write("alice operate " + NEW);

        nanos.addAndGet(Duration.ofMillis(1_999).toNanos());
        assertThat(outcome(guard, Access.READ, ALICE)).isEqualTo("alice");
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(outcome(guard, Access.READ, ALICE)).isEqualTo("401");
        assertThat(outcome(guard, Access.READ, NEW)).isEqualTo("alice");
        assertThat(secrets).contains(ALICE, GRAFANA, NEW);
    }

    @Test
    void tokenOfTheKeyIsRotatedWithoutRestartWhenItIsInAFile() throws Exception {
        write(OWN + "\n");
        TokenFile own = TokenFile.ofConfigured(file, secrets::add, nanos::get);
        HttpConfig config = new HttpConfig(
                true,
                "127.0.0.1",
                OptionalInt.empty(),
                false,
                TokenForReading.ALWAYS,
                new TokenBook(new AccessToken(OWN), null, own));
        AccessControl guard = new AccessControl(config, nanos::get);
        assertThat(outcome(guard, Access.CHANGE, OWN)).isEqualTo("http.token");
        write(NEW);

        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(outcome(guard, Access.CHANGE, OWN)).as("it holds no longer").isEqualTo("401");
        assertThat(outcome(guard, Access.CHANGE, NEW)).isEqualTo("http.token");
        assertThat(secrets).as("masked").contains(OWN, NEW);

        for (String broken : new String[] {"", "short", NEW + "\n" + NEW, "'" + NEW + "'"}) {
            write(broken);
            nanos.addAndGet(Duration.ofSeconds(2).toNanos());
            assertThat(outcome(guard, Access.CHANGE, NEW)).as(broken).isEqualTo("http.token");
        }
        assertThat(config.writable()).isTrue();
        assertThatThrownBy(() -> TokenFile.ofConfigured(file, secrets::add, nanos::get))
                .hasMessageContaining("at least 16")
                .message()
                .doesNotContain(NEW);
    }

    @Test
    void fileThatBecomesUnusableChangesNothing() throws Exception {
        TokenFile tokens = open();
        AccessControl guard = guard(TokenForReading.ALWAYS, tokens);
        for (String broken : new String[] {"alice operate", "alice admin " + ALICE, "alice operate short"}) {
            write(broken);
            nanos.addAndGet(Duration.ofSeconds(3).toNanos());
            assertThat(outcome(guard, Access.READ, ALICE)).isEqualTo("alice");
        }
        Files.delete(file);
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(outcome(guard, Access.READ, GRAFANA)).isEqualTo("grafana");
        assertThat(tokens.toString()).contains("alice", "grafana").doesNotContain(ALICE, GRAFANA);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            alice operate                                                            | line 1: write a name
            alice admin alice-alice-alice-alice                                      | line 1: the role is read or operate
            alice read short                                                         | line 1: a token has at least 16
            http.token read alice-alice-alice-alice                                  | line 1: choose another name
            a read alice-alice-alice-alice;a read other-other-other-other            | line 2: its name or its token
            a read alice-alice-alice-alice;b operate alice-alice-alice-alice         | line 2: its name or its token
            """)
    void unusableLineIsReportedByItsNumberAndNeverRepeated(String lines, String told) throws Exception {
        write(lines.split(";"));

        assertThatThrownBy(this::open)
                .isInstanceOf(TokenFileException.class)
                .hasMessageContaining(told)
                .message()
                .doesNotContain("alice-alice", "short");
    }

    @Test
    void fileThatOthersMayWriteIsRefused() throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw--w----"));

        assertThatThrownBy(this::open)
                .hasMessageContaining("only its owner may change")
                .hasMessageContaining("chmod 600");
        Files.delete(file);
        assertThatThrownBy(this::open).hasMessageContaining("cannot be read (NoSuchFileException)");
    }

    @Test
    void tenWrongTokensInAMinuteEndGuessingFromOneAddress() throws Exception {
        AccessControl guard = guard(TokenForReading.AUTO, null);
        for (int i = 0; i < 10; i++) {
            assertThat(outcome(guard, Access.CHANGE, call("guess-guess-guess-" + i), "203.0.113.9"))
                    .isEqualTo("401");
        }
        Admission refused = guard.admit(Access.CHANGE, call(OWN), "203.0.113.9");
        assertThat(refused).isInstanceOfSatisfying(Admission.Refused.class, answer -> {
            assertThat(answer.answer().status()).isEqualTo(429);
            assertThat(answer.answer().headers()).containsEntry("Retry-After", "61");
        });
        assertThat(outcome(guard, Access.CHANGE, call(OWN), "203.0.113.10")).isEqualTo("http.token");
        assertThat(outcome(guard, Access.READ, call(null), "203.0.113.9")).isEqualTo("anonymous");

        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(outcome(guard, Access.CHANGE, call(OWN), "203.0.113.9")).isEqualTo("http.token");
    }

    @Test
    void guesserBehindAProxyLimitsNobodyElseBehindIt() {
        AccessControl guard = guard(TokenForReading.AUTO, null);
        for (int i = 0; i < 10; i++) {
            HttpFields guess = call("guess-guess-guess-guess").put("X-Forwarded-For", "10.0.0." + i + ", 203.0.113.9");
            assertThat(outcome(guard, Access.READ, guess, "127.0.0.1")).isEqualTo("401");
        }
        assertThat(outcome(guard, Access.READ, call(OWN).put("X-Forwarded-For", "203.0.113.9"), "127.0.0.1"))
                .isEqualTo("429");
        assertThat(outcome(guard, Access.READ, call(OWN).put("X-Forwarded-For", "203.0.113.10"), "127.0.0.1"))
                .isEqualTo("http.token");
        assertThat(guard.admit(Access.READ, call(OWN).put("X-Forwarded-For", "203.0.113.10"), "127.0.0.1"))
                .isInstanceOfSatisfying(
                        Admission.Admitted.class,
                        admitted -> assertThat(admitted.caller().address()).isEqualTo("127.0.0.1 203.0.113.10"));
    }

    @Test
    void tableOfGuessersIsBounded() {
        FailedTokens failed = new FailedTokens();
        for (int i = 0; i < 4_096 + 10; i++) {
            failed.failed("address-" + i, 0);
        }
        assertThat(failed.refusedFor("address-5000", 0)).isEqualTo(Duration.ofMinutes(1));
        assertThat(failed.refusedFor("address-1", 0)).isZero();

        long later = Duration.ofMinutes(2).toNanos();
        failed.failed("address-5000", later);
        assertThat(failed.refusedFor("address-5000", later)).isZero();
    }
}
