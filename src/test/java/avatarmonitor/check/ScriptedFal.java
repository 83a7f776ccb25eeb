package avatarmonitor.check;

import avatarmonitor.fal.FalAnswer;
import avatarmonitor.fal.FalQueue;
import avatarmonitor.fal.FalRequest;
import java.util.ArrayList;
import java.util.List;

/** Answers what the test says, and lets the test act at the moment a question is asked. */
final class ScriptedFal implements FalQueue {
    FalAnswer.Status status = new FalAnswer.InQueue(0);
    FalAnswer.Result result = new FalAnswer.NotFound("no script");
    Runnable onStatus = () -> {};
    Runnable onResult = () -> {};
    final List<String> asked = new ArrayList<>();

    @Override
    public FalAnswer.Status status(FalRequest request) {
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
}
