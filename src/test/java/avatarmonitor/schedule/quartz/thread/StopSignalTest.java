package avatarmonitor.schedule.quartz.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.quartz.JobPersistenceException;

final class StopSignalTest {
    private final StopSignal stop = new StopSignal();

    private static Integer fails() throws JobPersistenceException {
        throw new JobPersistenceException("planted");
    }

    @Test
    void retryGivesUpAtTheStopAndNotBeforeItHasTriedOnce() throws Exception {
        stop.stop();
        AtomicInteger attempts = new AtomicInteger();
        assertThat(stop.<Integer>retry(attempts::incrementAndGet)).isEqualTo(1);
        assertThatThrownBy(() -> stop.retry(() -> {
                    attempts.incrementAndGet();
                    return fails();
                }))
                .isInstanceOf(StopSignal.StoppedException.class);
        assertThat(attempts).hasValue(2);
        stop.retryUntilStopped(StopSignalTest::fails);
    }

    @Test
    void stopEndsARetryThatWaits() throws Exception {
        Thread waits = new Thread(() -> stop.retryUntilStopped(StopSignalTest::fails));
        waits.start();
        stop.stop();
        waits.join(10_000);
        assertThat(waits.isAlive()).isFalse();
    }

    @Test
    void failureIsAFailureUntilTheStop() throws Exception {
        assertThatThrownBy(() -> stop.unlessStopped(StopSignalTest::fails, 1))
                .isInstanceOf(JobPersistenceException.class);
        stop.stop();
        assertThat(stop.<Integer>unlessStopped(StopSignalTest::fails, 1)).isEqualTo(1);
        assertThat(stop.<Integer>unlessStopped(() -> 2, 1)).isEqualTo(2);
    }
}
