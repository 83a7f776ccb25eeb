package avatarmonitor.app;

import avatarmonitor.fal.FalQueue;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.ModelLife;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.HistoryAnswer;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Recording decorator of a {@link FalQueue}: remembers fal's last answer for details beyond the outcome of a check. */
final class RecordingFalQueue implements FalQueue {
    private final FalQueue fal;
    private volatile @Nullable FalAnswer heard;

    RecordingFalQueue(FalQueue fal) {
        this.fal = fal;
    }

    @Nullable
    FalAnswer heard() {
        return heard;
    }

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        FalAnswer.Status answer = fal.status(request, withLogs);
        heard = answer;
        return answer;
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        FalAnswer.Result answer = fal.result(request);
        heard = answer;
        return answer;
    }

    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        return fal.cancel(request);
    }

    @Override
    public HistoryAnswer history(FalRequestId id, Collection<String> endpoints) {
        return fal.history(id, endpoints);
    }

    @Override
    public ModelLife files(Collection<String> urls) {
        return fal.files(urls);
    }

    @Override
    public void forget(FalRequestId id) {
        fal.forget(id);
    }
}
