package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Content of the packaged jar, and its SBOM. The build itself validates the SBOM against the schema of CycloneDX. */
class SupplyChainIT {
    private static final Path JAR = Path.of(System.getProperty("avatarmonitor.jar", "target/avatar-monitor.jar"));
    private static final String SBOM = "META-INF/sbom/avatar-monitor.cdx.json";
    private static final Pattern LEGAL =
            Pattern.compile("META-INF/(LICENSE|NOTICE|DEPENDENCIES)[^/]*|(LICENSE|NOTICE|COPYRIGHT)[^/]*");

    private static Set<String> shipped;
    private static JsonObject sbom;
    /** {@code group:name:version} of each component → its jar in the local repository. */
    private static Map<String, Set<String>> components;

    @BeforeAll
    static void read() throws Exception {
        shipped = entries(JAR);
        sbom = JsonParser.parseString(text(SBOM)).getAsJsonObject();
        List<String> classPath =
                Arrays.asList(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(System.getProperty("path.separator"), -1));
        components = new TreeMap<>();
        for (JsonElement one : sbom.getAsJsonArray("components")) {
            JsonObject component = one.getAsJsonObject();
            String group = component.get("group").getAsString();
            String name = component.get("name").getAsString();
            String version = component.get("version").getAsString();
            String file = group.replace('.', '/') + "/" + name + "/" + version + "/" + name + "-" + version + ".jar";
            Path jar = classPath.stream()
                    .filter(path -> path.replace('\\', '/').endsWith(file))
                    .findFirst()
                    .map(Path::of)
                    .orElseThrow(() -> new AssertionError("in the SBOM but not on the class path: " + file));
            components.put(group + ":" + name + ":" + version, entries(jar));
        }
    }

    @Test
    void sbomSaysWhatItIsAndLiesBesideTheJarToo() throws Exception {
        assertThat(sbom.get("bomFormat").getAsString()).isEqualTo("CycloneDX");
        assertThat(sbom.get("specVersion").getAsString()).isEqualTo("1.6");
        assertThat(sbom.getAsJsonObject("metadata")
                        .getAsJsonObject("component")
                        .get("name")
                        .getAsString())
                .isEqualTo("avatar-monitor");
        for (JsonElement component : sbom.getAsJsonArray("components")) {
            assertThat(component.getAsJsonObject().get("purl").getAsString()).startsWith("pkg:maven/");
            assertThat(component.getAsJsonObject().getAsJsonArray("hashes")).isNotEmpty();
            assertThat(component.getAsJsonObject().getAsJsonArray("licenses")).isNotEmpty();
        }
        assertThat(Files.readString(JAR.resolveSibling("avatar-monitor.cdx.json")))
                .isEqualTo(text(SBOM));
    }

    @Test
    void sbomListsTheOwnersOfAllClassesAndNobodyElse() {
        Set<String> foreign = classes(shipped, name -> !name.startsWith("avatarmonitor/"));
        Set<String> unowned = new TreeSet<>(foreign);
        components.values().forEach(unowned::removeAll);
        List<String> idle = new ArrayList<>();
        components.forEach((name, entries) -> {
            if (classes(entries, foreign::contains).isEmpty()) {
                idle.add(name);
            }
        });

        assertThat(foreign).hasSizeGreaterThan(1_000);
        assertThat(unowned).as("classes of nobody in the SBOM").isEmpty();
        assertThat(idle).as("in the SBOM without a class in the jar").isEmpty();
    }

    @Test
    void everyLicenceNoticeAndMavenDescriptorIsKept() throws Exception {
        String thirdParty = text("META-INF/legal/THIRD-PARTY.txt");
        Set<String> missing = new TreeSet<>();
        components.forEach((coordinates, entries) -> {
            if (!thirdParty.contains("(" + coordinates + " - ")) {
                missing.add(coordinates + " in THIRD-PARTY.txt");
            }
            String name = coordinates.split(":", -1)[1];
            for (String entry : entries) {
                String kept = LEGAL.matcher(entry).matches() ? "META-INF/legal/" + name + "/" + entry : entry;
                boolean wanted = !kept.equals(entry) || entry.matches("META-INF/maven/.+\\.(xml|properties)");
                if (wanted && !shipped.contains(kept)) {
                    missing.add(kept);
                }
            }
        });

        assertThat(missing).isEmpty();
        assertThat(thirdParty).doesNotContainIgnoringCase("unknown license");
        assertThat(text("META-INF/legal/avatar-monitor/LICENSE")).contains("Apache License");
        assertThat(text("META-INF/legal/h2/LICENSE-MPL-2.0.txt")).contains("Mozilla Public License");
        assertThat(shipped).contains("META-INF/maven/avatar-monitor/avatar-monitor/pom.xml");
    }

    /** A row of the database or a URL could name code that is never used otherwise. */
    @Test
    void unusedPartsOfLibrariesAreLeftOut() {
        assertThat(shipped.stream()
                        .filter(name -> name.matches("org/h2/(server/web|server/pg|jmx|fulltext)/.+"
                                + "|org/h2/tools/(GUI)?Console.*"
                                + "|org/quartz/(ee/(jmx|servlet)|plugins|xml)/.+"
                                + "|org/quartz/jobs/(?!ee/mail/).+\\.class"
                                + "|org/flywaydb/database/cockroachdb/.+"
                                + "|jakarta/(xml|jms|ejb|servlet)/.+")))
                .isEmpty();
        assertThat(shipped).contains("org/quartz/jobs/ee/mail/SendMailJob.class", "org/h2/tools/Shell.class");
    }

    private static Set<String> classes(Set<String> entries, Predicate<String> wanted) {
        return entries.stream()
                .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
                .filter(wanted)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> entries(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String text(String name) throws IOException {
        try (ZipFile zip = new ZipFile(JAR.toFile())) {
            ZipEntry entry = zip.getEntry(name);
            assertThat(entry).as("%s (a build with -o has no SBOM)", name).isNotNull();
            try (InputStream in = zip.getInputStream(entry)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
