package avatarmonitor.cli;

import avatarmonitor.text.UntrustedText;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;

/** JSON on stdout; characters that a terminal would obey are escaped. */
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

    /** One object on one line, for output that goes on and on. */
    static void printLine(Terminal terminal, JsonElement document) {
        terminal.out().println(UntrustedText.json(LINE.toJson(document)));
        terminal.out().flush();
    }
}
