package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The browser that Debian brings (package chromium), driven by Playwright through the installed node. One for a whole test class. */
final class Chromium implements AutoCloseable {
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Prints what is left out where browser or node is missing, or fails when nothing may be left out. */
    static Chromium start(Class<?> test) {
        Optional<Path> program = installed(BROWSERS);
        Optional<Path> node = installed(List.of("node"));
        boolean met = program.isPresent() && node.isPresent();
        String remedy = test.getSimpleName() + " was left out: chromium or node is missing"
                + " (install: apt-get install chromium nodejs)";
        if (!met) {
            assertThat(System.getenv("CI")).as(remedy).isNotEqualTo("true");
            System.out.println(remedy);
        }
        assumeTrue(met, remedy);
        Playwright playwright = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of(
                        "PLAYWRIGHT_NODEJS_PATH", node.orElseThrow().toString(),
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program.orElseThrow())
                        // Root may not have the sandbox, and the only pages that are opened are ours.
                        .setArgs(List.of("--no-sandbox")));
        return new Chromium(playwright, browser);
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

    /** A window of its own, with nothing kept from others. */
    Dashboard open(String address, Dashboard.Look look) {
        return new Dashboard(browser.newContext(look.options()), address);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
