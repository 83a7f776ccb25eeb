package avatarmonitor.check;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.fal.FalAnswer;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.HistoryAnswer;
import avatarmonitor.fal.ModelLife;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known about one avatar in the middle of a check.
 *
 * @param avatar the row as last read; null when there is none
 * @param watch what is remembered; null when it was never monitored
 * @param status fal's answer in this check; null while not asked
 * @param result fal's answer in this check; null while not asked
 * @param withLogs whether the status was asked for with its log lines
 * @param lastLook whether this is the last check of the window
 * @param asked where the status was asked for last; null while not asked
 * @param decisive the answer that counts when the request is at none of the places where it may be; null while not asked
 * @param history what fal's platform API says in this check; null while not asked
 * @param files whether the files of the model can be had; null while not asked
 * @param kept how fal ended the training in an earlier check, when the database refused to take it; null when there is nothing
 */
record Known(
        @Nullable Avatar avatar,
        @Nullable Watch watch,
        FalAnswer.@Nullable Status status,
        FalAnswer.@Nullable Result result,
        boolean withLogs,
        boolean lastLook,
        Instant now,
        @Nullable KeptEnd kept,
        @Nullable FalRequest asked,
        @Nullable Told decisive,
        @Nullable HistoryAnswer history,
        @Nullable ModelLife files) {

    /** What fal answered about the status, and where it was asked. */
    record Told(FalRequest request, FalAnswer.Status status) {}

    Known(
            @Nullable Avatar avatar,
            @Nullable Watch watch,
            FalAnswer.@Nullable Status status,
            FalAnswer.@Nullable Result result,
            boolean withLogs,
            boolean lastLook,
            Instant now) {
        this(avatar, watch, status, result, withLogs, lastLook, now, null, null, null, null, null);
    }

    static Known fromDatabase(@Nullable Avatar avatar, @Nullable Watch watch, boolean lastLook, Instant now) {
        return new Known(avatar, watch, null, null, false, lastLook, now);
    }

    /** A new training has a new window, so this is not its last look. */
    Known withNewWatch(Watch watch) {
        return new Known(avatar, watch, null, null, false, false, now);
    }

    /** The last look at an earlier window says nothing about a later one. */
    Known afterWindow(@Nullable Instant earlier) {
        return Objects.equals(windowEndsAt(), earlier)
                ? this
                : new Known(avatar, watch, status, result, withLogs, false, now, kept, asked, decisive, history, files);
    }

    /** When the window ends in which the avatar is monitored; null when it is not. */
    @Nullable
    Instant windowEndsAt() {
        return watch == null ? null : watch.windowEndsAt();
    }

    Known withStatus(FalRequest request, FalAnswer.Status answer, boolean logs) {
        Told told = new Told(request, answer);
        Told counts = decisive == null || decisive.request().equals(request) || saysLess(answer, decisive.status())
                ? told
                : decisive;
        return new Known(avatar, watch, answer, result, logs, lastLook, now, kept, request, counts, history, files);
    }

    /** An unknown application says nothing about the request, which may be there; otherwise the place that was asked first counts. */
    private static boolean saysLess(FalAnswer.Status answer, FalAnswer.Status before) {
        return answer instanceof FalAnswer.ApplicationUnknown && !(before instanceof FalAnswer.ApplicationUnknown);
    }

    /** The answer that counts when the request is at none of the places that were asked. */
    Told decisiveOr(Told last) {
        return decisive == null ? last : decisive;
    }

    Known withResult(FalAnswer.Result result) {
        return new Known(avatar, watch, status, result, withLogs, lastLook, now, kept, asked, decisive, history, files);
    }

    Known withHistory(HistoryAnswer answer) {
        return new Known(avatar, watch, status, result, withLogs, lastLook, now, kept, asked, decisive, answer, files);
    }

    Known withFiles(ModelLife life) {
        return new Known(avatar, watch, status, result, withLogs, lastLook, now, kept, asked, decisive, history, life);
    }

    Known withKept(@Nullable KeptEnd end) {
        return new Known(avatar, watch, status, result, withLogs, lastLook, now, end, asked, decisive, history, files);
    }
}
