package avatarmonitor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.testing.Background;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;

class BoundedNameLookupTest {
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Hangs like the lookup of an operating system: ignores interrupts. */
    private final DnsResolver system = new DnsResolver() {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            if (host.equals("hangs")) {
                hanging.countDown();
                boolean done = false;
                while (!done) {
                    try {
                        released.await();
                        done = true;
                    } catch (InterruptedException ignored) {
                        done = released.getCount() == 0;
                    }
                }
            }
            if (host.equals("unknown")) {
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    };

    @Test
    void knownHostIsResolvedAndUnknownIsNot() throws Exception {
        try (BoundedNameLookup names = new BoundedNameLookup("test", system, Duration.ofSeconds(10))) {
            assertThat(names.resolve("known")).containsExactly(InetAddress.getLoopbackAddress());
            assertThatThrownBy(() -> names.resolve("unknown")).isInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void hangingLookupsEndAndTakeNoMoreThanTheirThreads() {
        try (BoundedNameLookup names = new BoundedNameLookup("test", system, Duration.ofMillis(50))) {
            long started = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> names.resolve("hangs"))
                        .isInstanceOf(UnknownHostException.class)
                        .hasMessageContaining("within 50 ms");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
            assertThat(lookupThreads()).isEqualTo(BoundedNameLookup.THREADS_MAX);
        } finally {
            released.countDown();
        }
        await().until(() -> lookupThreads() == 0);
    }

    @Test
    void closingEndsAHangingLookupAtOnce() throws Exception {
        BoundedNameLookup names = new BoundedNameLookup("test", system, Duration.ofMinutes(1));
        CompletableFuture<InetAddress[]> lookup = Background.supply(() -> {
            try {
                return names.resolve("hangs");
            } catch (UnknownHostException ended) {
                throw new IllegalStateException(ended);
            }
        });
        assertThat(hanging.await(60, TimeUnit.SECONDS)).isTrue();

        names.close();

        assertThatThrownBy(() -> lookup.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        released.countDown();
    }

    private static long lookupThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("test-name-lookup"))
                .count();
    }
}
