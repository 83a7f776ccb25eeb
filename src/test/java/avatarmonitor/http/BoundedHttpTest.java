package avatarmonitor.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.junit.jupiter.api.Test;

/** Failures of HttpClient's connection pool. */
final class BoundedHttpTest {
    @Test
    void waitForConnectionThatThePoolEndsIsATimeoutOfThatWait() {
        assertThat(BoundedHttp.noConnection(
                        new RequestFailedException("Request execution failed", new TimeoutException("late"))))
                .isInstanceOf(ConnectionRequestTimeoutException.class)
                .hasMessage("late");
    }

    @Test
    void otherFailureStaysWhatItIs() {
        RequestFailedException other = new RequestFailedException("Request aborted", new IOException("closed"));
        assertThat(BoundedHttp.noConnection(other)).isSameAs(other);
    }
}
