package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finished trainings in a database whose application refuses to accept the end. */
final class RefusedEnds {
    static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    static final String MODEL = """
            {"diffusers_lora_file": {"url": "https://files.example.com/lora.safetensors"},
             "config_file": {"url": "https://files.example.com/config.json"}}""";

    final Database database;
    final Avatars avatars;
    final ScriptedFal fal = new ScriptedFal();
    StatusCheck check;
    Instant now = START;

    RefusedEnds(Database database) {
        this.database = database;
        this.avatars = new Avatars(database);
        this.check = restarted();
    }

    /** Returns a check of another worker, without state in memory. */
    StatusCheck restarted() {
        return Checks.asking(fal, database, () -> now);
    }

    AvatarId watched(String requestId) {
        AvatarId id = avatars.training("PORTRAIT", requestId, START);
        begin(id, requestId);
        return id;
    }

    void begin(AvatarId id, String requestId) {
        Checks.begin(database, id, requestId, now);
    }

    void falSays(String ending) {
        fal.asked.clear();
        switch (ending) {
            case "completed" -> completed(MODEL);
            case "failed" -> {
                fal.status = new FalAnswer.Completed(null);
                fal.result = new FalAnswer.Unusable("a list", null);
            }
            case "cancelled" -> fal.status = new FalAnswer.Cancelled("by its user");
            default -> throw new IllegalArgumentException(ending);
        }
    }

    void completed(String body) {
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(JsonParser.parseString(body).getAsJsonObject());
    }

    /** A result that fal refuses, or no answer, of which a third in a row ends the monitoring. */
    void assertEventsAreWrittenWithoutATouch(
            AvatarId id, String answer, boolean lastInWindow, CheckOutcome outcome, String events) {
        if (answer.equals("refused")) {
            fal.status = new FalAnswer.Completed(null);
            fal.result = new FalAnswer.RequestRefused(403, "not yours", false);
        } else {
            fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.SERVER_ERROR, "HTTP 500");
            avatars.run("UPDATE avatar_monitoring SET failures_in_row = ?", lastInWindow ? 0 : 2);
        }

        assertThat(check.check(id, lastInWindow)).isEqualTo(outcome);
        assertThat(avatars.events(id)).isEqualTo(events);
        assertThat(watch(id))
                .containsEntry("checks", "1")
                .containsEntry("outcome", outcome == CheckOutcome.STILL_TRAINING ? null : outcome.column());
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
    }

    CheckOutcome next(AvatarId id) {
        now = now.plusSeconds(60);
        return check.check(id, false);
    }

    Map<String, @Nullable String> watch(AvatarId id) {
        return avatars.row("SELECT * FROM avatar_monitoring WHERE avatar_id = ?", id.value());
    }

    Map<String, @Nullable String> answer(AvatarId id) {
        return avatars.row("SELECT * FROM avatar_monitor_answer WHERE avatar_id = ?", id.value());
    }

    int outbox() {
        return avatars.count("SELECT count(*) FROM avatar_monitor_outbox");
    }
}
