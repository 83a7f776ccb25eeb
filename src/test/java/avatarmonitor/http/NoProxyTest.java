package avatarmonitor.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code NO_PROXY} with the syntax of curl and Go. */
class NoProxyTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* | queue.fal.run | 443 | true",
                "fal.run | queue.fal.run | 443 | true",
                ".fal.run | queue.fal.run | 443 | true",
                "*.fal.run | queue.fal.run | 443 | true",
                ".fal.run | fal.run | 443 | true",
                "FAL.run | Queue.Fal.Run. | 443 | true",
                "fal.run | notfal.run | 443 | false",
                "queue.fal.run | fal.run | 443 | false",
                "fal.run:443 | queue.fal.run | 443 | true",
                "fal.run:8443 | queue.fal.run | 443 | false",
                "a.example, ,fal.run | queue.fal.run | 443 | true",
                "a.example fal.run | queue.fal.run | 443 | true",
                "10.0.0.0/8 | 10.1.2.3 | 443 | true",
                "10.0.0.0/8 | 11.1.2.3 | 443 | false",
                "10.0.0.0/33 | 10.1.2.3 | 443 | false",
                "10.0.0.0/8 | 10.example.com | 443 | false",
                "0.0.0.0/0 | 192.0.2.1 | 443 | true",
                "0.0.0.0/0 | [2001:db8::1] | 443 | false",
                "192.0.2.1 | 192.0.2.1 | 443 | true",
                "192.0.2.1:443 | 192.0.2.1 | 443 | true",
                "2.1 | 192.0.2.1 | 443 | false",
                "2001:db8::/32 | [2001:db8::1] | 443 | true",
                "[2001:db8::1]:8443 | [2001:db8:0::1] | 8443 | true",
                "2001:db8::1 | [2001:db8:0:0::1] | 443 | true",
                "999.1.1.1 | 999.1.1.1 | 443 | true",
                ". | queue.fal.run | 443 | false",
                "/ | queue.fal.run | 443 | false",
                "'' | queue.fal.run | 443 | false"
            })
    void hostIsExcepted(String text, String host, int port, boolean expected) {
        assertThat(NoProxy.parse(text).matches(host, port)).isEqualTo(expected);
    }
}
