package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Debian's browser (package chromium), driven by Playwright with the installed node. One per test class. */
final class Chromium implements BeforeAllCallback, AfterAllCallback {
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

    /** Longest start of the browser on a busy machine. */
    private static final double LAUNCH_MS = 120_000;

    private @Nullable Playwright playwright;
    private @Nullable Browser browser;

    /** Prints what is left out when browser or node is missing, or fails in CI. */
    @Override
    public void beforeAll(ExtensionContext context) {
        Optional<Path> program = installed(BROWSERS);
        Optional<Path> node = installed(List.of("node"));
        boolean met = program.isPresent() && node.isPresent();
        String remedy = context.getRequiredTestClass().getSimpleName()
                + " was left out: chromium or node is missing (install: apt-get install chromium nodejs)";
        if (!met) {
            assertThat(System.getenv("CI")).as(remedy).isNotEqualTo("true");
            System.out.println(remedy);
        }
        assumeTrue(met, remedy);
        start(program.orElseThrow(), node.orElseThrow());
    }

    private void start(Path program, Path node) {
        Map<String, String> environment =
                Map.of("PLAYWRIGHT_NODEJS_PATH", node.toString(), "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        PlaywrightAssertions.setDefaultAssertionTimeout(Dashboard.SOON_MS);
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setTimeout(LAUNCH_MS)
                        // The sandbox is not available to root, and only trusted pages are opened.
                        .setArgs(List.of("--no-sandbox")));
    }

    private static Optional<Path> installed(List<String> names) {
        String path = System.getenv("PATH");
        return names.stream()
                .flatMap(name -> Stream.of((path == null ? "" : path).split(":"))
                        .filter(directory -> !directory.isEmpty())
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Opens a new window without shared state. */
    Dashboard open(String address, Dashboard.Look look) {
        return new Dashboard(Objects.requireNonNull(browser).newContext(look.options()), address);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (playwright != null) {
            playwright.close();
        }
    }
}
