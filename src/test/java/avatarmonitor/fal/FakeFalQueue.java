package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Fake queue with a given answer, which counts requests. */
final class FakeFalQueue implements FalQueue {
    final AtomicInteger asked = new AtomicInteger();
    volatile Supplier<FalAnswer> answer = () -> new FalAnswer.NotFound("fake");

    void answers(FalAnswer given) {
        answer = () -> given;
    }

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        return (FalAnswer.Status) next();
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        return (FalAnswer.Result) next();
    }

    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        return (FalAnswer.Cancel) next();
    }

    private FalAnswer next() {
        asked.incrementAndGet();
        return answer.get();
    }
}
