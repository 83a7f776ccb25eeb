package avatarmonitor.testing;

import avatarmonitor.fal.FalQueue;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.answer.FalAnswer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Fake queue with given answers, which runs code of the test at the moment of a request. */
public final class ScriptedFal implements FalQueue {
    public volatile FalAnswer.Status status = new FalAnswer.InQueue(0);
    public volatile FalAnswer.Result result = new FalAnswer.NotFound("no script");
    public volatile Runnable onStatus = () -> {};
    public volatile Runnable onResult = () -> {};
    public final List<String> asked = new CopyOnWriteArrayList<>();
    public final List<String> forgotten = new CopyOnWriteArrayList<>();

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        asked.add("status " + request.endpoint() + " " + request.id());
        onStatus.run();
        return status;
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        asked.add("result " + request.endpoint() + " " + request.id());
        onResult.run();
        return result;
    }

    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        throw new IllegalStateException("a check never cancels");
    }

    @Override
    public void forget(FalRequestId id) {
        forgotten.add(id.toString());
    }
}
