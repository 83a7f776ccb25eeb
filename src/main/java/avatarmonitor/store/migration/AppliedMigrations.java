package avatarmonitor.store.migration;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.SqlFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Finds out by one query that all migrations of this program have run, so that a start on a database that is up to date
 * need not load Flyway. Whatever differs from that, such as a failed, missing or changed migration, is left to Flyway
 * and its messages.
 */
final class AppliedMigrations {
    private static final String ROOT = "/sql/migrations/";
    private static final String COMMON = "common";

    /** A file that every folder of migrations has, by which the folder is found on the class path. */
    private static final Map<String, String> ONE_OF =
            Map.of(COMMON, "V5__views.sql", "h2", "V1__quartz.sql", "postgresql", "V1__quartz.sql");

    /**
     * Checksums of two scripts in another form, which a main branch had for some hours and databases have run. Later
     * scripts make the tables the same.
     */
    private static final Map<String, Integer> VARIANTS =
            Map.of("V36__overrides.sql", 1595808174, "V37__overrides_index.sql", -1475767810);

    private static final String SQL = """
            SELECT "version", "script", "checksum", "success" AND "type" = 'SQL' AS usual FROM "%s"
            WHERE "type" NOT IN ('BASELINE', 'SCHEMA', 'TABLE')
            """.formatted(Migrations.HISTORY);

    private AppliedMigrations() {}

    /** Returns whether the history has exactly the migrations of this program, and perhaps some of newer versions. */
    static boolean complete(Database database) {
        Map<String, Integer> ours = ours(database);
        int newest = ours.keySet().stream()
                .mapToInt(AppliedMigrations::version)
                .max()
                .orElseThrow();
        List<Applied> history = history(database);
        return history.stream().allMatch(one -> one.usual() && one.isNumbered())
                && history.stream()
                        .filter(one -> Integer.parseInt(one.version()) <= newest)
                        .collect(
                                Collectors.toMap(Applied::script, one -> one.checksum(ours), (earlier, later) -> later))
                        .equals(ours);
    }

    /**
     * Returns whether this database has run a script in the other form that is allowed, and all others as they are:
     * Flyway, which knows one checksum of each, must not compare them then.
     */
    static boolean onlyVariantsDiffer(Database database) {
        Map<String, Integer> ours = ours(database);
        List<Applied> history = history(database);
        return history.stream().anyMatch(Applied::isVariant)
                && history.stream()
                        .filter(one -> ours.containsKey(one.script()))
                        .allMatch(one -> Objects.equals(ours.get(one.script()), one.checksum(ours)));
    }

    private static Map<String, Integer> ours(Database database) {
        Map<String, Integer> ours = new HashMap<>();
        for (String folder : List.of(COMMON, database.dialect().folder())) {
            for (String script : scripts(folder)) {
                ours.put(script, checksum(ROOT + folder + "/" + script));
            }
        }
        return ours;
    }

    /**
     * A row of the history.
     *
     * @param usual whether a script was run with success
     */
    private record Applied(String version, String script, int checksum, boolean usual) {
        boolean isNumbered() {
            return version.matches("\\d{1,6}");
        }

        boolean isVariant() {
            return Objects.equals(VARIANTS.get(script), checksum);
        }

        /** Returns the checksum; that of our script where the database has run its variant. */
        int checksum(Map<String, Integer> ours) {
            return isVariant() ? ours.getOrDefault(script, checksum) : checksum;
        }
    }

    /** Returns the rows of the history; none when there is no history yet. */
    private static List<Applied> history(Database database) {
        try {
            return database.read(connection -> Jdbc.list(
                    connection,
                    SQL,
                    row -> new Applied(
                            String.valueOf(row.getString("version")),
                            row.getString("script"),
                            row.getInt("checksum"),
                            row.getBoolean("usual"))));
        } catch (StoreException e) {
            // The first start. Flyway reports everything else.
            return List.of();
        }
    }

    /** Returns 12 of {@code V12__pauses.sql}. */
    private static int version(String script) {
        return Integer.parseInt(script.substring(1, script.indexOf("__")));
    }

    /** Flyway's checksum of a script: CRC-32 of its lines without their ends. */
    private static int checksum(String path) {
        CRC32 sum = new CRC32();
        SqlFile.text(path).lines().forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
        return (int) sum.getValue();
    }

    private static List<String> scripts(String folder) {
        String one = ROOT + folder + "/" + ONE_OF.get(folder);
        URL url = AppliedMigrations.class.getResource(one);
        if (url == null) {
            throw new IllegalStateException("not in this program: " + one);
        }
        try {
            URLConnection connection = url.openConnection();
            if (connection instanceof JarURLConnection jar) {
                String start = ROOT.substring(1) + folder + "/";
                return jar.getJarFile().stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.startsWith(start) && name.endsWith(".sql"))
                        .map(name -> name.substring(start.length()))
                        .toList();
            }
            try (Stream<Path> files =
                    Files.list(Path.of(URI.create(url.toString())).resolveSibling("."))) {
                return files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".sql"))
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
