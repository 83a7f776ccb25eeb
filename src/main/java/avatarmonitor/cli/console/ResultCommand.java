package avatarmonitor.cli.console;

import com.google.gson.JsonElement;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that prints its result as text, or with {@code --json} as one document. */
public abstract class ResultCommand implements Callable<Integer> {
    protected final Invocation invocation;

    /** Whether {@code --json} was given. */
    @Option(names = "--json", description = "Print JSON instead of a table: one document, times in ISO-8601 UTC.")
    protected boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    protected ResultCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Prints the document or the text, whichever is wanted. */
    protected final void print(JsonElement document, String text) {
        if (json) {
            Json.print(invocation.terminal(), document);
        } else {
            invocation.say(text);
        }
    }

    /** Returns the exception for wrong usage: exit code 2. */
    protected final ParameterException refused(String problem) {
        return Usage.refused(spec, problem);
    }
}
