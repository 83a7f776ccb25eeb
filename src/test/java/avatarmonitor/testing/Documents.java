package avatarmonitor.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documents of the repository and what their blocks show. */
public final class Documents {
    private static final Pattern INDENTED = Pattern.compile("^(?: {4,}|\\s*\\$ )(.*)$");
    private static final Pattern SQL = Pattern.compile("(?ms)^ *```sql\\n(.*?)^ *```");
    private static final Pattern COMMAND =
            Pattern.compile("^(?:[A-Z_]+=\\S+ +)*(?:java|avatar-monitor|psql|curl|pg_dump|pg_restore) .*");

    private Documents() {}

    /** Returns every document but the change log, in order. */
    public static List<Path> all() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> top = Files.list(Path.of(""));
                Stream<Path> docs = Files.walk(Path.of("docs"))) {
            Stream.concat(top, docs)
                    .filter(path -> path.toString().endsWith(".md") || path.endsWith("llms.txt"))
                    .filter(path -> !path.endsWith("CHANGELOG.md"))
                    .sorted()
                    .forEach(found::add);
        }
        return found;
    }

    /** Returns the lines of fenced and indented blocks, without indentation and prompt. */
    public static List<String> blockLines(Path document) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean fenced = false;
        for (String line : Files.readAllLines(document)) {
            if (line.strip().startsWith("```")) {
                fenced = !fenced;
            } else if (fenced) {
                lines.add(line.replaceFirst("^\\s*(?:\\$ )?", ""));
            } else {
                Matcher indented = INDENTED.matcher(line);
                if (indented.matches()) {
                    lines.add(indented.group(1).strip());
                }
            }
        }
        return lines;
    }

    /**
     * Returns the calls of programs that blocks show, as a shell takes them: a line goes on after a backslash at its
     * end and within a quoted text.
     */
    public static List<String> shellCommands(Path document) throws IOException {
        List<String> commands = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (String line : blockLines(document)) {
            if (open.isEmpty() && !COMMAND.matcher(line).matches()) {
                continue;
            }
            open.append(line);
            if (line.endsWith("\\") || open.chars().filter(sign -> sign == '\'').count() % 2 == 1) {
                open.append('\n');
            } else {
                commands.add(open.toString());
                open.setLength(0);
            }
        }
        return commands;
    }

    /** Returns the fenced blocks of SQL. */
    public static List<String> sqlBlocks(Path document) throws IOException {
        return SQL.matcher(Files.readString(document))
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
