package avatarmonitor.check.decision;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.ModelLife;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * State of one avatar during a check.
 *
 * @param avatar the row as last read; null when there is none
 * @param monitoring stored monitoring state; null when it was never monitored
 * @param status fal's answer in this check; null before a request
 * @param result fal's answer in this check; null before a request
 * @param withLogs whether the status request included log lines
 * @param lastInWindow whether this is the last check of the window
 * @param asked the last status request; null before one
 * @param decisive the answer that decides when none of the endpoints has the request; null before a request
 * @param history answer of fal's platform API in this check; null before a request
 * @param files whether the files of the model are available; null before a request
 * @param kept end of the training from an earlier check, which the database refused; null when there is none
 */
public record CheckState(
        @Nullable Avatar avatar,
        @Nullable Monitoring monitoring,
        FalAnswer.@Nullable Status status,
        FalAnswer.@Nullable Result result,
        boolean withLogs,
        boolean lastInWindow,
        Instant now,
        @Nullable UnwrittenEnd kept,
        @Nullable FalRequest asked,
        @Nullable Answered decisive,
        @Nullable PlatformApiAnswer history,
        @Nullable ModelLife files) {

    /** fal's answer about the status, with the request. */
    record Answered(FalRequest request, FalAnswer.Status status) {}

    public CheckState(
            @Nullable Avatar avatar,
            @Nullable Monitoring monitoring,
            FalAnswer.@Nullable Status status,
            FalAnswer.@Nullable Result result,
            boolean withLogs,
            boolean lastInWindow,
            Instant now) {
        this(avatar, monitoring, status, result, withLogs, lastInWindow, now, null, null, null, null, null);
    }

    public static CheckState fromDatabase(
            @Nullable Avatar avatar, @Nullable Monitoring monitoring, boolean lastInWindow, Instant now) {
        return new CheckState(avatar, monitoring, null, null, false, lastInWindow, now);
    }

    /** Returns the state before any answer, with a new window, so this is not its last check. */
    public CheckState withNewMonitoring(@Nullable Monitoring monitoring) {
        return new CheckState(avatar, monitoring, null, null, false, false, now);
    }

    /** Returns the state before any answer, without the flag of the last check when the window has changed since. */
    public CheckState afterWindow(@Nullable Instant earlier) {
        return Objects.equals(windowEndsAt(), earlier) ? this : withNewMonitoring(monitoring);
    }

    /** Returns the end of the avatar's window; null when it is not monitored. */
    @Nullable
    public Instant windowEndsAt() {
        return monitoring == null ? null : monitoring.windowEndsAt();
    }

    /** Returns fal's last answer in this check; null before a request. */
    public @Nullable FalAnswer lastAnswer() {
        return result == null ? status : result;
    }

    public CheckState withStatus(FalRequest request, FalAnswer.Status answer, boolean logs) {
        Answered latest = new Answered(request, answer);
        Answered counts = decisive == null || decisive.request().equals(request) || saysLess(answer, decisive.status())
                ? latest
                : decisive;
        return new CheckState(
                avatar, monitoring, answer, result, logs, lastInWindow, now, kept, request, counts, history, files);
    }

    /**
     * Returns whether an answer about the status decides less than another: an unknown application says nothing about
     * the request; otherwise the endpoint that was queried first decides.
     */
    private static boolean saysLess(FalAnswer.Status answer, FalAnswer.Status before) {
        return answer instanceof FalAnswer.ApplicationUnknown && !(before instanceof FalAnswer.ApplicationUnknown);
    }

    /** Returns the answer that decides when none of the queried endpoints has the request. */
    Answered decisiveOr(Answered last) {
        return decisive == null ? last : decisive;
    }

    public CheckState withResult(FalAnswer.Result result) {
        return new CheckState(
                avatar, monitoring, status, result, withLogs, lastInWindow, now, kept, asked, decisive, history, files);
    }

    public CheckState withHistory(PlatformApiAnswer answer) {
        return new CheckState(
                avatar, monitoring, status, result, withLogs, lastInWindow, now, kept, asked, decisive, answer, files);
    }

    public CheckState withFiles(ModelLife life) {
        return new CheckState(
                avatar, monitoring, status, result, withLogs, lastInWindow, now, kept, asked, decisive, history, life);
    }

    public CheckState withKept(@Nullable UnwrittenEnd end) {
        return new CheckState(
                avatar, monitoring, status, result, withLogs, lastInWindow, now, end, asked, decisive, history, files);
    }

    /** Returns the step, or what ends the monitoring in its place because the deadline or the window is over. */
    NextAction endIfOver(NextAction step) {
        if (step instanceof NextAction.KeepMonitoring keep) {
            boolean over = monitoring != null && monitoring.overrides().isOver(now);
            // Without an answer it stays unknown whether the training has ended in time.
            if (over && keep.observed().answered()) {
                return new NextAction.TimedOut(keep.observed(), keep.refused()); // row 14
            }
            return lastInWindow ? new NextAction.WindowExpired(keep.observed(), keep.refused()) : step;
        }
        boolean asksNothing = step instanceof NextAction.Wait || step instanceof NextAction.Skip;
        return lastInWindow && asksNothing ? new NextAction.WindowExpired(null, null) : step;
    }
}
