package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.web.AccessControl.Admission;
import avatarmonitor.web.HttpConfig.TokenForReading;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.access.AccessToken;
import avatarmonitor.web.access.TokenBook;
import java.util.OptionalInt;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read and change, by listening address, configuration and headers. */
class AccessControlTest {
    private static final String TOKEN = "correct-horse-battery-staple";
    private static final HttpConfig LOCAL = config("127.0.0.1", TOKEN, false);
    private static final HttpConfig LOCAL_WITHOUT_TOKEN = config("127.0.0.1", null, false);
    private static final HttpConfig PUBLIC = config("0.0.0.0", TOKEN, false);

    private static HttpConfig config(String host, @Nullable String token, boolean readOnly) {
        return new HttpConfig(
                true,
                host,
                OptionalInt.empty(),
                readOnly,
                TokenForReading.AUTO,
                new TokenBook(token == null ? null : new AccessToken(token), null, null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            OPEN   |        | 0
            READ   |        | 0
            READ   | wrong  | 0
            CHANGE |        | 401
            CHANGE | wrong  | 401
            CHANGE | right  | 0
            """)
    void onThisMachineReadingIsFreeAndChangingNeedsTheToken(Access access, @Nullable String token, int refusal) {
        assertThat(refusal(LOCAL, access, call("127.0.0.1:8484", token))).isEqualTo(refusal);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            OPEN   |        | 0
            READ   |        | 401
            READ   | wrong  | 401
            READ   | right  | 0
            CHANGE |        | 401
            CHANGE | right  | 0
            """)
    void beyondThisMachineReadingNeedsItToo(Access access, @Nullable String token, int refusal) {
        assertThat(refusal(PUBLIC, access, call("monitor.example.com", token))).isEqualTo(refusal);
    }

    @Test
    void withoutTokenNothingCanBeChanged() {
        HttpFields.Mutable call = call("127.0.0.1", "right");

        assertThat(refusal(LOCAL_WITHOUT_TOKEN, Access.READ, call)).isZero();
        assertThat(refusal(LOCAL_WITHOUT_TOKEN, Access.CHANGE, call)).isEqualTo(403);
    }

    @Test
    void readOnlyRefusesTheRightTokenToo() {
        HttpConfig readOnly = config("127.0.0.1", TOKEN, true);

        assertThat(refusal(readOnly, Access.CHANGE, call("127.0.0.1", "right"))).isEqualTo(403);
        assertThat(refusal(readOnly, Access.READ, call("127.0.0.1", null))).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example.com",
                "evil.example.com:8484",
                "127.0.0.1.evil.example.com",
                "",
                "0.0.0.0",
                "10.0.0.1:8484"
            })
    void nameThatResolvesToThisMachineIsNotThisMachine(String host) {
        assertThat(refusal(LOCAL, Access.READ, call(host, null))).isEqualTo(421);
        assertThat(refusal(LOCAL, Access.CHANGE, call(host, "right"))).isEqualTo(421);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "127.0.0.1:8484", "localhost:1", "LOCALHOST", "[::1]:8484", "[::1]", "127.8.9.1"})
    void namesOfThisMachineAreTaken(String host) {
        assertThat(refusal(LOCAL, Access.READ, call(host, null))).isZero();
    }

    /** Browsers and clients send none of them by themselves. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For",
                "x-forwarded-host",
                "X-Forwarded-Proto",
                "X-Forwarded-Port",
                "X-Forwarded-Prefix",
                "X-Forwarded-Anything-New",
                "X-Forwarded",
                "Forwarded",
                "Forwarded-For",
                "X-Real-IP",
                "X-Client-IP",
                "X-Cluster-Client-IP",
                "True-Client-IP",
                "CF-Connecting-IP",
                "CF-Ray",
                "CDN-Loop",
                "Fastly-Client-IP",
                "X-Original-URL",
                "X-Amzn-Trace-Id",
                "X-Envoy-External-Address",
                "X-Auth-Request-User",
                "Ssl-Client-Verify",
                "VIA"
            })
    void whoComesThroughAProxyIsNotOnThisMachine(String header) {
        HttpFields.Mutable call = call("127.0.0.1", null).put(header, "203.0.113.9");

        assertThat(refusal(LOCAL, Access.READ, call)).isEqualTo(401);
        assertThat(refusal(LOCAL, Access.READ, call.put("Authorization", "Bearer " + TOKEN)))
                .isZero();
        assertThat(refusal(LOCAL_WITHOUT_TOKEN, Access.READ, call)).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Origin         | http://127.0.0.1:8484   | 0
            Origin         | http://evil.example.com | 403
            Origin         | http://127.0.0.1:9999   | 403
            Origin         | null                    | 403
            Sec-Fetch-Site | same-origin             | 0
            Sec-Fetch-Site | none                    | 0
            Sec-Fetch-Site | same-site               | 403
            Sec-Fetch-Site | cross-site              | 403
            Sec-Fetch-Site | Cross-Site              | 403
            Sec-Fetch-Site | new-word-of-tomorrow    | 403
            """)
    void pageOfAnotherSiteChangesNothingAndReadsNothing(String header, String value, int refusal) {
        HttpFields.Mutable call = call("127.0.0.1:8484", "right").put(header, value);

        assertThat(refusal(LOCAL, Access.CHANGE, call)).isEqualTo(refusal);
        assertThat(refusal(LOCAL, Access.READ, call)).isEqualTo(refusal);
        assertThat(refusal(PUBLIC, Access.READ, call)).isEqualTo(refusal);
        assertThat(refusal(LOCAL, Access.OPEN, call)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Basic correct-horse-battery-staple",
                "correct-horse-battery-staple",
                "Bearer correct-horse-battery-stapl",
                "Bearer correct-horse-battery-staple2",
                "Bearer CORRECT-HORSE-BATTERY-STAPLE",
                "Bearercorrect-horse-battery-staple"
            })
    void whatIsNotTheTokenIsRefused(String authorization) {
        HttpFields.Mutable call = call("127.0.0.1", null).put("Authorization", authorization);

        assertThat(refusal(LOCAL, Access.CHANGE, call)).isEqualTo(401);
    }

    @Test
    void schemeIsReadInAnyLetterCase() {
        assertThat(refusal(LOCAL, Access.CHANGE, call("127.0.0.1", null).put("Authorization", "bearer  " + TOKEN)))
                .isZero();
    }

    @Test
    void twoSitesInOneCallAreNotOurs() {
        HttpFields.Mutable call = call("127.0.0.1:8484", "right")
                .add("Sec-Fetch-Site", "same-origin")
                .add("Sec-Fetch-Site", "cross-site");

        assertThat(refusal(LOCAL, Access.READ, call)).isEqualTo(403);
    }

    @Test
    void twoTokensInOneCallAreNone() {
        HttpFields.Mutable call = call("127.0.0.1", "right").add("Authorization", "Bearer " + TOKEN);

        assertThat(refusal(LOCAL, Access.CHANGE, call)).isEqualTo(401);
    }

    @Test
    void tokenNeverPrints() {
        assertThat(LOCAL.toString()).contains("***").doesNotContain(TOKEN);
    }

    private static HttpFields.Mutable call(String host, @Nullable String token) {
        HttpFields.Mutable headers = HttpFields.build().put("Host", host);
        return token == null
                ? headers
                : headers.put("Authorization", "Bearer " + (token.equals("right") ? TOKEN : "wrong-wrong-wrong-wrong"));
    }

    private static int refusal(HttpConfig config, Access access, HttpFields headers) {
        return new AccessControl(config, System::nanoTime).admit(access, headers, "203.0.113.9")
                        instanceof Admission.Refused refused
                ? refused.answer().status()
                : 0;
    }
}
