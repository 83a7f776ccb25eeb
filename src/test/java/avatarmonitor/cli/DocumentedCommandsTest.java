package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.testing.Documents;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Every command of avatar-monitor that a document shows is parsed by the program's own command line, and every file
 * that a shown command or a code span names exists. {@code DocumentedCommandsIT} executes what a block shows.
 */
class DocumentedCommandsTest {
    /**
     * A call at the start of a line, or after another command of the line; its arguments end where the shell ends them.
     */
    private static final Pattern CALL =
            Pattern.compile("(?:^|(?:&&|[;|]) )\\s*(?:[A-Z_]+=\\S+ +)*(?:java(?: -\\S+)* -jar \\S*avatar-monitor\\.jar"
                    + "|(?:\\S*/)?avatar-monitor)(?: +([^|;&>#]*))?");

    private static final Pattern SPAN = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-z][a-z-]*");
    private static final Pattern FILE_OPTION = Pattern.compile("(?:psql\\b.*? -f|--config) ([\\w./-]+)");
    /** A path; {@code config/Settings} is a class of a package. */
    private static final Pattern REPOSITORY_FILE =
            Pattern.compile("(?:sql|config|docs|src|\\.ci)/(?![A-Z])[\\w./-]*\\w");

    /** Words that stand for a value. */
    private static final Map<String, String> PLACEHOLDERS = Map.of(
            "ID…", "0198a1b2-0000-7000-8000-000000000001",
            "ID", "0198a1b2-0000-7000-8000-000000000001",
            "AVATAR", "0198a1b2-0000-7000-8000-000000000001",
            "N", "1");

    private final CommandLine program = AvatarMonitorCli.of(new Invocation(
            new Terminal(
                    new PrintWriter(PrintWriter.nullWriter()),
                    new PrintWriter(PrintWriter.nullWriter()),
                    80,
                    false,
                    false),
            Map.of(),
            Path.of(""),
            InstantSource.system()));
    private final Set<String> commands = program.getSubcommands().keySet();

    @Test
    void everyCommandOfTheDocumentsIsValid() throws IOException {
        List<String> wrong = new ArrayList<>();
        int calls = 0;
        for (Path document : Documents.all()) {
            for (String line : Documents.blockLines(document)) {
                Matcher call = CALL.matcher(line);
                while (call.find()) {
                    calls++;
                    String problem = problem(call.group(1) == null ? "" : call.group(1));
                    if (!problem.isEmpty()) {
                        wrong.add(document + ": " + line.strip() + ": " + problem);
                    }
                }
            }
        }
        assertThat(calls).as("commands in blocks").isGreaterThan(12);
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyCommandInTheTextIsValid() throws IOException {
        List<String> wrong = new ArrayList<>();
        int calls = 0;
        for (Path document : Documents.all()) {
            for (String span : spans(document)) {
                String arguments = span.replaceFirst("^(?:\\S*/)?avatar-monitor ", "");
                String[] words = arguments.split(" ", 2);
                // A single word is a name of the command, a brace is a section of the configuration.
                if (words.length == 2 && commands.contains(words[0]) && !words[1].contains("{")) {
                    calls++;
                    String problem = arguments.contains("[") ? synopsisProblem(arguments) : problem(arguments);
                    if (!problem.isEmpty()) {
                        wrong.add(document + ": " + span + ": " + problem);
                    }
                }
            }
        }
        assertThat(calls).as("commands in code spans").isGreaterThan(30);
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyFileThatACommandOrTheTextNamesExists() throws IOException {
        List<String> missing = new ArrayList<>();
        int files = 0;
        for (Path document : Documents.all()) {
            List<String> named = new ArrayList<>();
            for (String line : Documents.blockLines(document)) {
                Matcher file = FILE_OPTION.matcher(line);
                while (file.find()) {
                    named.add(file.group(1));
                }
            }
            spans(document).stream()
                    .filter(span -> REPOSITORY_FILE.matcher(span).matches())
                    .forEach(named::add);
            files += named.size();
            named.stream()
                    .filter(file -> !Files.exists(Path.of(file)))
                    .forEach(file -> missing.add(document + ": " + file));
        }
        assertThat(files).isGreaterThan(20);
        assertThat(missing).isEmpty();
    }

    /** The test would find these mistakes. */
    @ParameterizedTest
    @CsvSource({
        "list --unwatched, ''",
        "list --unwachted, Unknown option: '--unwachted'",
        "lst, Unmatched argument at index 0: 'lst'",
        "show, Missing required parameter",
        "list --limit, Missing required parameter for option '--limit'",
        "list --limit many, Invalid value for option '--limit'",
    })
    void mistakesAreFound(String arguments, String problem) {
        assertThat(problem(arguments)).startsWith(problem).matches(found -> found.isEmpty() == problem.isEmpty());
    }

    @Test
    void mistakesInASynopsisAreFound() {
        assertThat(synopsisProblem("list [--unwatched|--stalled] [--type TYPE]"))
                .isEmpty();
        assertThat(synopsisProblem("list [--unwatched|--staled]")).isEqualTo("no option --staled");
    }

    /** Returns what the command line says about these arguments; empty if they are valid. */
    private String problem(String arguments) {
        List<String> words = Stream.of(arguments.strip().split("\\s+", -1))
                .filter(word -> !word.isEmpty() && !word.equals("\\"))
                .map(word -> PLACEHOLDERS.getOrDefault(word, word))
                .toList();
        try {
            program.parseArgs(words.toArray(String[]::new));
            return "";
        } catch (ParameterException invalid) {
            return String.valueOf(invalid.getMessage());
        }
    }

    /** Checks the options of {@code command [--this|--that]}. */
    private String synopsisProblem(String synopsis) {
        CommandLine command = Objects.requireNonNull(program.getSubcommands().get(synopsis.split(" ", 2)[0]));
        return OPTION.matcher(synopsis)
                .results()
                .map(option -> option.group())
                .filter(option -> command.getCommandSpec().findOption(option) == null)
                .map(option -> "no option " + option)
                .findFirst()
                .orElse("");
    }

    private static List<String> spans(Path document) throws IOException {
        return SPAN.matcher(Files.readString(document))
                .results()
                .map(span -> span.group(1).replace("\\|", "|"))
                .toList();
    }
}
