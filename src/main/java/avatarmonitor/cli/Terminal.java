package avatarmonitor.cli;

import java.io.Console;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where results and messages go.
 *
 * @param out results, and nothing else
 * @param err everything that is not the result
 * @param width columns that a line may take
 * @param interactive whether a person looks: then lines may be rewritten in place
 * @param colors whether ANSI escapes may be written
 */
record Terminal(PrintWriter out, PrintWriter err, int width, boolean interactive, boolean colors) {
    static final int USUAL_WIDTH = 120;
    private static final int LEAST_WIDTH = 40;
    private static final int MOST_WIDTH = 1000;

    /** Of lines that are never cut: where no person looks, or a person wants them whole. */
    static final int UNLIMITED = 1_000_000;

    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    /** The streams of this process, in UTF-8 whatever the locale says: names of avatars are in every language. */
    static Terminal ofProcess(Map<String, String> environment) {
        boolean interactive = isInteractive();
        return new Terminal(
                writer(FileDescriptor.out),
                writer(FileDescriptor.err),
                width(environment, interactive),
                interactive,
                interactive
                        && environment.getOrDefault("NO_COLOR", "").isEmpty()
                        && !"dumb".equals(environment.get("TERM")));
    }

    /** The same with lines that are never cut. */
    Terminal wide() {
        return new Terminal(out, err, UNLIMITED, interactive, colors);
    }

    /** {@code COLUMNS} if it is a sensible number, else what the terminal says, else 120; unlimited where output goes into a file or a pipe. */
    static int width(Map<String, String> environment, boolean interactive) {
        int columns = number(environment.getOrDefault("COLUMNS", ""));
        if (columns == 0 && interactive) {
            columns = asked(1);
        }
        if (columns == 0 && !interactive) {
            return UNLIMITED;
        }
        return columns == 0 ? USUAL_WIDTH : Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, columns));
    }

    /** Lines of the terminal as it is now; 0 when it does not tell. */
    int height() {
        return interactive ? asked(0) : 0;
    }

    String bold(String text) {
        return colors ? BOLD + text + PLAIN : text;
    }

    private static PrintWriter writer(FileDescriptor stream) {
        return new PrintWriter(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }

    /** From Java 22 on there is a console even where output goes into a file, and only its own method tells. */
    @SuppressWarnings("SystemConsoleNull") // both answers are handled
    private static boolean isInteractive() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** What the terminal says: 0 its rows, 1 its columns. */
    private static int asked(int which) {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream answer = stty.getInputStream()) {
                if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                    stty.destroyForcibly();
                    return 0;
                }
                String[] rowsAndColumns = new String(answer.readNBytes(100), StandardCharsets.US_ASCII)
                        .strip()
                        .split(" ", 2);
                return rowsAndColumns.length == 2 ? number(rowsAndColumns[which]) : 0;
            }
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int number(String text) {
        return text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    }
}
