package avatarmonitor.cli.console;

import avatarmonitor.text.UntrustedText;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;

/** Prints JSON on stdout; control characters are escaped. */
public final class Json {
    private static final Gson PRETTY = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();
    private static final Gson LINE =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private Json() {}

    public static void print(Terminal terminal, JsonElement document) {
        terminal.out().println(UntrustedText.json(PRETTY.toJson(document)));
        terminal.out().flush();
    }

    /** Prints one object per line, for continuous output. */
    public static void printLine(Terminal terminal, JsonElement document) {
        terminal.out().println(UntrustedText.json(LINE.toJson(document)));
        terminal.out().flush();
    }
}
