package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints of requests, which become paths of URLs. */
class FalRequestTest {
    @ParameterizedTest
    @CsvSource({
        "fal-ai/flux-lora-portrait-trainer,fal-ai/flux-lora-portrait-trainer",
        "fal-ai/flux-pro/v1.1/finetune,fal-ai/flux-pro",
        "workflows/me/app,workflows/me/app",
        "comfy/me/app/deep,comfy/me/app"
    })
    void applicationIsTheEndpointWithoutSubPath(String endpoint, String application) {
        assertThat(FalRequest.application(endpoint)).contains(application);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "app",
                "fal-ai/",
                "/app",
                "a//b",
                "../..",
                "a/..",
                "./a",
                "a/b?c",
                "a/b#c",
                "a b/c",
                "a/b%2f",
                "workflows/me",
                "a/b\n",
                "a/b/../../c",
                "https://evil.example/a",
                "a@b/c:d"
            })
    void endpointThatIsUnsafeInAPathIsRefused(String endpoint) {
        assertThat(FalRequest.application(endpoint)).isEmpty();
        assertThatThrownBy(() -> new FalRequest(endpoint, FalFixture.REQUEST.id()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endpointHasAtMost200Characters() {
        String endpoint = "a/" + "b".repeat(98) + "/" + "c".repeat(99);
        assertThat(FalRequest.isEndpoint(endpoint)).isTrue();
        assertThat(FalRequest.isEndpoint(endpoint + "c")).isFalse();
        assertThat(FalRequest.isEndpoint("a")).isFalse();
    }
}
