package avatarmonitor.cli;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.inspect.Rows;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/** What a command did to each of some avatars: one line for each, at once, or one JSON document at the end. */
final class Answers {
    private final Invocation invocation;
    private final boolean json;
    private final JsonArray all = new JsonArray();
    private boolean done = true;

    Answers(Invocation invocation, boolean json) {
        this.invocation = invocation;
        this.json = json;
    }

    private record Answer(
            AvatarId avatarId, String outcome, @Nullable String reason) {}

    /** Adds an answer without members of its own. */
    void add(AvatarId id, boolean done, String line, String outcome, @Nullable String reason) {
        add(id, done, line, Rows.json(new Answer(id, outcome, reason)));
    }

    /**
     * Adds an answer.
     *
     * @param done whether it was done; otherwise the line goes to stderr, and the exit code is 1
     */
    void add(AvatarId id, boolean done, String line, JsonObject answer) {
        this.done &= done;
        String shown = UntrustedText.cell(id + ": " + line);
        if (json) {
            all.add(answer);
        } else if (done) {
            invocation.say(shown);
        } else {
            invocation.note(shown);
        }
    }

    /** Prints the JSON document, if one is wanted; returns the exit code. */
    int end() {
        if (json) {
            Json.print(invocation.terminal(), all);
        }
        return done ? ExitCode.DONE : ExitCode.FAILED;
    }
}
