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
 * @param firstStatus fal's answer where the status was asked for first in this check
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
        FalAnswer.@Nullable Status firstStatus,
        @Nullable HistoryAnswer history,
        @Nullable ModelLife files) {

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
                : new Known(
                        avatar, watch, status, result, withLogs, false, now, kept, asked, firstStatus, history, files);
    }

    /** When the window ends in which the avatar is monitored; null when it is not. */
    @Nullable
    Instant windowEndsAt() {
        return watch == null ? null : watch.windowEndsAt();
    }

    Known withStatus(FalRequest request, FalAnswer.Status answer, boolean logs) {
        boolean elsewhere = asked != null && !asked.equals(request);
        FalAnswer.Status first = elsewhere && firstStatus != null ? firstStatus : answer;
        return new Known(avatar, watch, answer, result, logs, lastLook, now, kept, request, first, history, files);
    }

    /** What the place said that was asked first; the last answer when only one was asked. */
    FalAnswer.Status firstStatusOr(FalAnswer.Status last) {
        return firstStatus == null ? last : firstStatus;
    }

    Known withResult(FalAnswer.Result result) {
        return new Known(
                avatar, watch, status, result, withLogs, lastLook, now, kept, asked, firstStatus, history, files);
    }

    Known withHistory(HistoryAnswer answer) {
        return new Known(
                avatar, watch, status, result, withLogs, lastLook, now, kept, asked, firstStatus, answer, files);
    }

    Known withFiles(ModelLife life) {
        return new Known(
                avatar, watch, status, result, withLogs, lastLook, now, kept, asked, firstStatus, history, life);
    }

    Known withKept(@Nullable KeptEnd end) {
        return new Known(
                avatar, watch, status, result, withLogs, lastLook, now, end, asked, firstStatus, history, files);
    }
}
