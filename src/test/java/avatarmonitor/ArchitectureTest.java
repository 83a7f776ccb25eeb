package avatarmonitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Rules of the code structure: allowed imports between packages, allowed libraries, forbidden calls, depth of
 * inheritance, sizes of files and packages, width of comments. Reads the source files.
 */
class ArchitectureTest {
    private static final List<String> FORBIDDEN_CALLS =
            List.of("Thread.sleep", "Instant.now(", "System.currentTimeMillis(", "printStackTrace");
    /** The last two would run in the common pool; {@code testing.Background} has a thread for each. */
    private static final List<String> FORBIDDEN_IN_TESTS =
            List.of("Thread.sleep", "@Disabled", "supplyAsync(", "runAsync(");

    private static final List<String> FORBIDDEN_EVERYWHERE =
            List.of("TODO", "FIXME", "design section", "fal contract section");
    private static final Set<String> MEANINGLESS =
            Set.of("util", "utils", "common", "impl", "manager", "helper", "misc");
    private static final int MOST_LINES = 300;

    private static final int MOST_FILES_OF_A_PACKAGE = 30;
    private static final int WIDEST_COMMENT = 120;

    /** Higher limit for contract suites, which read better in one file. */
    private static final int MOST_LINES_OF_A_TEST = 400;

    /**
     * Text blocks, strings, characters, comments; unrolled and possessive, so that long ones do not exhaust the stack.
     */
    private static final Pattern NOT_CODE = Pattern.compile(
            "\"\"\"[^\\\\\"]*+(?:(?:\\\\.|\"(?!\"\"))[^\\\\\"]*+)*+\"\"\""
                    + "|\"[^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+\""
                    + "|'[^'\\\\\n]*+(?:\\\\.[^'\\\\\n]*+)*+'"
                    + "|//[^\n]*+|/\\*.*?\\*/",
            Pattern.DOTALL);

    private static final Pattern OURS = Pattern.compile("\\bavatarmonitor\\.([a-z]+(?:\\.[a-z]+)*)\\.[A-Z]");
    private static final Pattern EXTENDS = Pattern.compile("\\bclass (\\w+)(?:<[^{]*?>)? extends (\\w+)");
    private static final Pattern PACKAGE_ROW = Pattern.compile("(?m)^\\| `([a-z.]+)` \\|");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?([a-z][\\w.]*)");

    /** One source file: path below its source root with / between, and its text. */
    record Source(String path, String text, boolean test) {}

    @Test
    void everyPackageKnowsOnlyWhatItMay() throws Exception {
        assertThat(sources().flatMap(s -> strangers(s).stream())).isEmpty();
    }

    @Test
    void everyAllowedImportIsUsed() throws Exception {
        assertThat(unused(PackageTable.IMPORTS, sources().toList())).isEmpty();
    }

    @Test
    void documentedPackagesImportOnlyThoseBelow() throws Exception {
        String document = Files.readString(Path.of("docs/architecture.md"));
        List<String> rows = PACKAGE_ROW
                .matcher(document.substring(0, document.indexOf("\n## Life of one check")))
                .results()
                .map(row -> row.group(1))
                .toList();
        assertThat(rows).contains("cli").containsExactlyInAnyOrderElementsOf(documented());
        assertThat(upward(PackageTable.IMPORTS, rows)).isEmpty();
    }

    @Test
    void nothingForbiddenIsWritten() throws Exception {
        assertThat(sources().flatMap(s -> forbidden(s).stream())).isEmpty();
    }

    @Test
    void filesStaySmallAndPackagesAreNamedByWhatTheyAreAbout() throws Exception {
        assertThat(sources().flatMap(s -> misshapen(s).stream())).isEmpty();
    }

    @Test
    void packagesHoldFewFiles() throws Exception {
        assertThat(crowded(sources().toList())).isEmpty();
    }

    @Test
    void commentsAreAsNarrowAsTheCode() throws Exception {
        assertThat(sources().flatMap(s -> wideComments(s).stream())).isEmpty();
    }

    @Test
    void importsOfPackagesHaveNoCycle() {
        Map<String, Set<String>> left = new HashMap<>(PackageTable.IMPORTS);
        while (!left.isEmpty()) {
            List<String> free = left.keySet().stream()
                    .filter(p -> left.getOrDefault(p, Set.of()).stream().noneMatch(left::containsKey))
                    .toList();
            assertThat(free).as("in a cycle: %s", left.keySet()).isNotEmpty();
            free.forEach(left::remove);
        }
    }

    @Test
    void classesAreComposedAndNotInherited() throws Exception {
        assertThat(inherited(sources().toList())).isEmpty();
    }

    /** Verifies the rules themselves: a rule that matches nothing would stay green forever. */
    @Test
    void eachRuleFindsAPlantedFault() {
        assertThat(strangers(main("check/A.java", "import avatarmonitor.cli.console.Table;")))
                .hasSize(1);
        assertThat(strangers(main("check/A.java", "avatarmonitor.schedule.Job job;")))
                .hasSize(1);
        assertThat(strangers(main("check/A.java", "import static avatarmonitor.reconcile.Found.all;")))
                .hasSize(1);
        assertThat(strangers(main("check/A.java", "import org.quartz.Job;"))).hasSize(1);
        assertThat(strangers(main("check/A.java", "org.quartz.Job job;"))).hasSize(1);
        assertThat(strangers(main("alert/A.java", "import org.quartz.Job;"))).hasSize(1);
        assertThat(strangers(main("alert/A.java", "import org.quartz.jobs.NoOpJob;")))
                .isEmpty();
        assertThat(strangers(main("check/A.java", "import com.example.Thing;"))).hasSize(1);
        assertThat(strangers(main("novel/A.java", ""))).hasSize(1);
        assertThat(strangers(main("schedule/novel/A.java", ""))).hasSize(1);
        assertThat(strangers(main("schedule/quartz/A.java", "import avatarmonitor.schedule.Nodes;")))
                .hasSize(1);
        assertThat(strangers(main("schedule/quartz/A.java", "import avatarmonitor.schedule.batch.FiredRow;")))
                .hasSize(1);
        assertThat(strangers(main("app/A.java", "import avatarmonitor.schedule.quartz.QuartzNode;")))
                .hasSize(1);
        assertThat(strangers(main("check/A.java", "import avatarmonitor.fal.FalQueue; // not avatarmonitor.cli.X\n")))
                .isEmpty();
        assertThat(strangers(main("check/A.java", "String s = \"org.quartz.Job \\\" avatarmonitor.cli.X\";")))
                .isEmpty();

        Map<String, Set<String>> imports = Map.of("check", Set.of("fal", "store"));
        assertThat(unused(imports, List.of(main("check/A.java", "import avatarmonitor.fal.FalQueue;"))))
                .containsExactly("check does not use store");
        assertThat(upward(imports, List.of("store", "check", "fal"))).containsExactly("check imports store above it");

        for (String call : FORBIDDEN_CALLS) {
            assertThat(forbidden(main("check/A.java", "x = " + call + ");"))).hasSize(1);
        }
        assertThat(forbidden(main("check/A.java", "// never Instant.now() here")))
                .isEmpty();
        assertThat(forbidden(main("check/A.java", "// TO" + "DO later"))).hasSize(1);
        assertThat(forbidden(new Source("check/ATest.java", "Thread.sleep(5);", true)))
                .hasSize(1);
        assertThat(forbidden(new Source("check/ATest.java", "@Disabled\n", true)))
                .hasSize(1);
        assertThat(forbidden(new Source("check/ATest.java", "CompletableFuture.runAsync(work);", true)))
                .hasSize(1);

        assertThat(misshapen(main("check/A.java", "\n".repeat(MOST_LINES)))).hasSize(1);
        assertThat(misshapen(main("check/A.java", "\n".repeat(MOST_LINES - 1)))).isEmpty();
        assertThat(misshapen(main("store/util/A.java", ""))).hasSize(1);

        Source first = main("check/A.java", "abstract class A<T> extends ArrayList<T> {}");
        assertThat(inherited(List.of(first))).isEmpty();
        assertThat(inherited(List.of(first, main("check/B.java", "final class B extends A<String> {}"))))
                .hasSize(1);
    }

    @Test
    void packageOfMoreThanThirtyFilesIsFound() {
        List<Source> thirty = IntStream.range(0, 30)
                .mapToObj(i -> main("check/A" + i + ".java", ""))
                .toList();
        assertThat(crowded(thirty)).isEmpty();
        assertThat(crowded(Stream.concat(thirty.stream(), Stream.of(main("check/decision/B.java", "")))
                        .toList()))
                .isEmpty();
        assertThat(crowded(Stream.concat(thirty.stream(), Stream.of(new Source("check/BTest.java", "", true)))
                        .toList()))
                .isEmpty();
        assertThat(crowded(Stream.concat(thirty.stream(), Stream.of(main("check/package-info.java", "")))
                        .toList()))
                .containsExactly("check: 31 files");
    }

    @Test
    void commentOfMoreThan120ColumnsIsFound() {
        String wide = "x".repeat(117);
        assertThat(wideComments(main("check/A.java", "// " + wide + "\n"))).isEmpty();
        assertThat(wideComments(main("check/A.java", "int i;\n// " + wide + "y\n")))
                .containsExactly("check/A.java:2: comment of 121 columns");
        assertThat(wideComments(main("check/A.java", "/**\n * " + wide + "\n * " + wide + "y\n */")))
                .containsExactly("check/A.java:3: comment of 121 columns");
        assertThat(wideComments(main("check/A.java", "int value = 1; // " + wide)))
                .hasSize(1);
        assertThat(wideComments(main("check/A.java", "String s = \"// " + wide + "yyy\";")))
                .isEmpty();
    }

    private static Source main(String path, String text) {
        return new Source(path, text, false);
    }

    private static List<String> strangers(Source source) {
        List<String> found = new ArrayList<>();
        if (source.test()) {
            return found;
        }
        String own = packageOf(source);
        Set<String> allowed = PackageTable.IMPORTS.get(own);
        if (allowed == null) {
            return List.of(source.path() + ": package " + own + " is not in the import table");
        }
        String code = code(source);
        for (Matcher use = OURS.matcher(code); use.find(); ) {
            if (!use.group(1).equals(own) && !allowed.contains(use.group(1))) {
                found.add(source.path() + ": " + own + " may not know " + use.group(1));
            }
        }
        for (Matcher use = IMPORT.matcher(code); use.find(); ) {
            String name = use.group(1);
            if (!name.startsWith("avatarmonitor.")
                    && PackageTable.LIBRARIES.keySet().stream().noneMatch(name::startsWith)) {
                found.add(source.path() + ": nobody may use " + name);
            }
        }
        PackageTable.LIBRARIES.forEach((library, users) -> {
            boolean used = Pattern.compile("(?<![\\w.])" + Pattern.quote(library) + notMoreSpecific(library))
                    .matcher(code)
                    .find();
            if (used && !users.contains("*") && !users.contains(own)) {
                found.add(source.path() + ": " + own + " may not use " + library);
            }
        });
        return found;
    }

    /** All packages but the one of the main class. */
    private static List<String> documented() {
        return PackageTable.IMPORTS.keySet().stream().filter(p -> !p.isEmpty()).toList();
    }

    private static List<String> unused(Map<String, Set<String>> allowed, List<Source> sources) {
        Map<String, Set<String>> used = new HashMap<>();
        for (Source source : sources) {
            for (Matcher use = OURS.matcher(code(source)); !source.test() && use.find(); ) {
                used.computeIfAbsent(packageOf(source), p -> new HashSet<>()).add(use.group(1));
            }
        }
        return allowed.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream()
                        .filter(p ->
                                !used.getOrDefault(entry.getKey(), Set.of()).contains(p))
                        .map(p -> entry.getKey() + " does not use " + p))
                .toList();
    }

    private static List<String> upward(Map<String, Set<String>> imports, List<String> order) {
        return order.stream()
                .flatMap(one -> imports.getOrDefault(one, Set.of()).stream()
                        .filter(other -> order.indexOf(other) < order.indexOf(one))
                        .map(other -> one + " imports " + other + " above it"))
                .toList();
    }

    /** A package with an entry of its own is excluded from the more general entry. */
    private static String notMoreSpecific(String library) {
        return PackageTable.LIBRARIES.keySet().stream()
                .filter(other -> other.length() > library.length() && other.startsWith(library))
                .map(other -> "(?!" + Pattern.quote(other.substring(library.length())) + ")")
                .collect(Collectors.joining());
    }

    /** Classes more than one level below a class of a library, or of the project; exceptions are allowed. */
    private static List<String> inherited(List<Source> sources) {
        Map<String, String> parents = new HashMap<>();
        for (Source source : sources) {
            for (Matcher type = EXTENDS.matcher(code(source)); !source.test() && type.find(); ) {
                parents.put(type.group(1), type.group(2));
            }
        }
        return parents.entrySet().stream()
                .filter(type -> parents.containsKey(type.getValue()))
                .filter(type -> !type.getKey().endsWith("Exception"))
                .map(type -> type.getKey() + " extends " + type.getValue() + ", which extends another class")
                .toList();
    }

    private static List<String> forbidden(Source source) {
        List<String> found = new ArrayList<>();
        String code = code(source);
        (source.test() ? FORBIDDEN_IN_TESTS : FORBIDDEN_CALLS)
                .stream().filter(code::contains).forEach(call -> found.add(source.path() + ": " + call));
        FORBIDDEN_EVERYWHERE.stream()
                .filter(word -> Pattern.compile("\\b" + word + "\\b")
                        .matcher(source.text())
                        .find())
                .filter(word -> !source.path().equals("ArchitectureTest.java"))
                .forEach(word -> found.add(source.path() + ": " + word));
        return found;
    }

    private static List<String> misshapen(Source source) {
        List<String> found = new ArrayList<>();
        int lines = source.text().split("\n", -1).length;
        if (lines > (source.test() ? MOST_LINES_OF_A_TEST : MOST_LINES)) {
            found.add(source.path() + ": " + lines + " lines");
        }
        for (String part : source.path().split("/", -1)) {
            if (MEANINGLESS.contains(part)) {
                found.add(source.path() + ": a package must not be called " + part);
            }
        }
        return found;
    }

    /** Packages of the main code with too many files, {@code package-info.java} included. */
    private static List<String> crowded(List<Source> sources) {
        return sources.stream()
                .filter(source -> !source.test())
                .collect(Collectors.groupingBy(ArchitectureTest::packageOf, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(files -> files.getValue() > MOST_FILES_OF_A_PACKAGE)
                .map(files -> files.getKey() + ": " + files.getValue() + " files")
                .toList();
    }

    private static List<String> wideComments(Source source) {
        List<String> found = new ArrayList<>();
        String text = source.text();
        for (Matcher token = NOT_CODE.matcher(text); token.find(); ) {
            if (token.group().startsWith("/")) {
                int start = text.lastIndexOf('\n', token.start()) + 1;
                long line = 1
                        + text.substring(0, start)
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                for (String comment : text.substring(start, token.end()).split("\n", -1)) {
                    if (comment.length() > WIDEST_COMMENT) {
                        found.add(source.path() + ":" + line + ": comment of " + comment.length() + " columns");
                    }
                    line++;
                }
            }
        }
        return found;
    }

    private static String packageOf(Source source) {
        return source.path().contains("/")
                ? source.path().replaceAll("/[^/]*$", "").replace('/', '.')
                : "";
    }

    /** Returns the text without comments and literals, which do not count as uses. */
    private static String code(Source source) {
        return NOT_CODE.matcher(source.text()).replaceAll(" ");
    }

    private static Stream<Source> sources() throws IOException {
        List<Source> all = new ArrayList<>();
        for (String root : List.of("src/main/java", "src/test/java", "src/bench/java")) {
            Path top = Path.of(root, "avatarmonitor");
            try (Stream<Path> files = Files.walk(top)) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    String path = top.relativize(file).toString().replace('\\', '/');
                    all.add(new Source(path, Files.readString(file), !root.contains("main")));
                }
            }
        }
        assertThat(all).hasSizeGreaterThan(20);
        return all.stream();
    }
}
