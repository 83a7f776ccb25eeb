package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the key may be sent. */
final class FalConfigTest {
    @ParameterizedTest
    @CsvSource({
        "https://queue.fal.run, AUTO, https://api.fal.ai/v1, true",
        "https://fal.run, AUTO, https://api.fal.ai/v1, true",
        "https://QUEUE.FAL.RUN, AUTO, https://api.fal.ai/v1, true",
        "https://queue.fal.run, OFF, https://api.fal.ai/v1, false",
        "https://notfal.run, AUTO, https://api.fal.ai/v1, false",
        "https://fal.run.example, AUTO, https://api.fal.ai/v1, false",
        "https://queue.example, AUTO, https://api.fal.ai/v1, false",
        "https://queue.example, AUTO, https://api.example/v1, true",
        "http://127.0.0.1:8900, AUTO, http://127.0.0.1:8900/v1, true",
        "http://127.0.0.1:8900, AUTO, https://api.fal.ai/v1, false",
        "http://127.0.0.1:8900, AUTO, https://api.example/v1, false",
    })
    void platformApiIsUsedWithTheKeyOfItsOwnQueueOnly(URI base, FalConfig.History history, URI api, boolean used) {
        assertThat(new FalConfig(base, null, Duration.ofSeconds(1), 1, history, api).usesHistory())
                .isEqualTo(used);
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8900, true",
        "HTTP://localhost, true",
        "https://127.0.0.1:8900, false",
        "http://queue.example, false",
    })
    void plainHttpOfThisMachineIsLocal(URI base, boolean local) {
        assertThat(FalFixture.config(base, null, Duration.ofSeconds(1), 1).isLocal())
                .isEqualTo(local);
    }

    @ParameterizedTest
    @CsvSource({
        "https://queue.fal.run:65535, ''",
        "https://queue.fal.run/, ''",
        "http://localhost:8900, ''",
        "https://queue.fal.run:65536, choose a port from 1 to 65535",
        "https://queue.fal.run:0, choose a port from 1 to 65535",
        "https:///a, 'write scheme, host and, if needed, port'",
        "queue.fal.run, 'write scheme, host and, if needed, port'",
        "ftp://queue.fal.run, 'write scheme, host and, if needed, port'",
        "https://user@queue.fal.run, 'take away what stands before @ and after ? or #; the key belongs into fal.key'",
        "https://queue.fal.run?a, 'take away what stands before @ and after ? or #; the key belongs into fal.key'",
        "https://queue.fal.run#a, 'take away what stands before @ and after ? or #; the key belongs into fal.key'",
        "http://queue.fal.run, 'use https: over http the key would travel in clear (http is for 127.0.0.1 only)'",
        "https://queue.fal.run/a, 'take away the path: applications are named by trainings.TYPE.endpoint'",
    })
    void baseUrlIsSchemeHostAndPort(URI base, String problem) {
        assertThat(FalConfig.problemOfBaseUrl(base).orElse("")).isEqualTo(problem);
    }
}
