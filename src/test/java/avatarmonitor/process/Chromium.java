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
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The browser that Debian brings (package chromium), driven by Playwright through the installed node. One for a whole test class. */
final class Chromium implements BeforeAllCallback, AfterAllCallback {
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

    private @Nullable Playwright playwright;
    private @Nullable Browser browser;

    /** Prints what is left out where browser or node is missing, or fails when nothing may be left out. */
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
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        // Root may not have the sandbox, and the only pages that are opened are ours.
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

    /** A window of its own, with nothing kept from others. */
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
