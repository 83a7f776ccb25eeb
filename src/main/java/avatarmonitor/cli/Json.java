package avatarmonitor.cli;

import avatarmonitor.text.UntrustedText;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;

/** Prints JSON on stdout; control characters are escaped. */
final class Json {
    private static final Gson PRETTY = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();
    private static final Gson LINE =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private Json() {}

    static void print(Terminal terminal, JsonElement document) {
        terminal.out().println(UntrustedText.json(PRETTY.toJson(document)));
        terminal.out().flush();
    }

    /** Prints one object per line, for continuous output. */
    static void printLine(Terminal terminal, JsonElement document) {
        terminal.out().println(UntrustedText.json(LINE.toJson(document)));
        terminal.out().flush();
    }
}
