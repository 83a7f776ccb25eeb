package avatarmonitor.cli.console;

import java.io.Console;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Output streams of the process and the capabilities of its terminal.
 *
 * @param out results, and nothing else
 * @param err everything that is not the result
 * @param width columns that a line may use
 * @param interactive whether output goes to a terminal: then lines may be rewritten in place
 * @param colors whether ANSI escapes may be written
 */
public record Terminal(PrintWriter out, PrintWriter err, int width, boolean interactive, boolean colors) {
    static final int USUAL_WIDTH = 120;
    private static final int LEAST_WIDTH = 40;
    private static final int MOST_WIDTH = 1000;

    /** Width of lines that are never truncated: without a terminal, or on request. */
    static final int UNLIMITED = 1_000_000;

    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    /** Returns the streams of this process, in UTF-8 whatever the locale is: names of avatars are in every language. */
    public static Terminal ofProcess(Map<String, String> environment) {
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

    /** Returns the same terminal with lines that are never truncated. */
    Terminal wide() {
        return new Terminal(out, err, UNLIMITED, interactive, colors);
    }

    /**
     * Returns {@code COLUMNS} if it is a valid number, else the width of the terminal, else 120; unlimited when output
     * goes to a file or a pipe.
     */
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

    /** Returns the current height of the terminal in lines; 0 when unknown. */
    public int height() {
        return interactive ? asked(0) : 0;
    }

    public String bold(String text) {
        return colors ? BOLD + text + PLAIN : text;
    }

    /** Asks a question on stderr and reads the answer from the terminal; everything but y and yes is a no. */
    @SuppressWarnings("SystemConsoleNull") // both answers are handled
    public boolean isConfirmed(String question) {
        err.print(question);
        err.flush();
        Console console = System.console();
        return console != null && isYes(console.readLine());
    }

    public static boolean isYes(@Nullable String answer) {
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }

    private static PrintWriter writer(FileDescriptor stream) {
        return new PrintWriter(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }

    /**
     * From Java 22 on System.console() also returns a console when output is redirected; only its method isTerminal()
     * tells the difference.
     */
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

    /** Asks stty for the size of the terminal: 0 returns its rows, 1 its columns. */
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
