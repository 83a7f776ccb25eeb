package avatarmonitor.process;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The page of one worker in one browser window. Records errors of the browser. */
final class Dashboard implements AutoCloseable {
    /** The page's data is at most two seconds old, that of lists three; the rest allows for a busy machine. */
    static final double SOON_MS = 60_000;

    private static final int PRESSES = 3;

    private static final String NOTE_KEYS = """
            () => {
                if (window.pressed === undefined) {
                    document.addEventListener('keydown', key => window.pressed.push(key.timeStamp), true);
                }
                window.pressed = [];
            }""";
    private static final String TOO_SLOW = """
            () => window.pressed.length >= 2 && window.pressed.at(-1) - window.pressed.at(-2) >= 1500""";

    private static final Path AXE = Path.of("src/test/resources/axe/axe.min.js");
    private static final String FINDINGS = """
            () => axe.run().then(result => result.violations
                .filter(found => found.impact === 'serious' || found.impact === 'critical')
                .map(found => `${found.id}: ${found.nodes.map(node => node.html).join(' ')}`))""";

    private final BrowserContext window;
    private final Page page;
    private final String address;
    private final List<String> complaints = new ArrayList<>();

    /** Appearance of the window. */
    enum Look {
        LIGHT(ColorScheme.LIGHT, 1280, 800),
        DARK(ColorScheme.DARK, 1280, 800),
        NARROW(ColorScheme.LIGHT, 360, 740);

        private final ColorScheme colours;
        private final int width;
        private final int height;

        Look(ColorScheme colours, int width, int height) {
            this.colours = colours;
            this.width = width;
            this.height = height;
        }

        Browser.NewContextOptions options() {
            return new Browser.NewContextOptions()
                    .setColorScheme(colours)
                    .setViewportSize(width, height)
                    .setLocale("en-GB")
                    .setTimezoneId("Europe/Zurich");
        }
    }

    Dashboard(BrowserContext window, String address) {
        this.window = window;
        this.address = address;
        page = window.newPage();
        page.setDefaultTimeout(SOON_MS);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text() + " " + message.location());
            }
        });
        page.onPageError(complaints::add);
    }

    Page page() {
        return page;
    }

    /** Navigates to a page by its address, such as {@code #/workers}. */
    Dashboard visit(String hash) {
        page.navigate(address + "/" + hash);
        return this;
    }

    /** Waits until live updates arrive. */
    Dashboard awaitLive() {
        return awaitText("#connection", "Live");
    }

    Dashboard awaitText(String selector, String text) {
        assertThat(page.locator(selector).first())
                .containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(SOON_MS));
        return this;
    }

    /** Navigates to a page by two keys. Presses them again only if a busy machine pressed them too slowly. */
    Dashboard press(String keys, String heading) {
        page.evaluate(NOTE_KEYS);
        for (int attempt = 1; ; attempt++) {
            page.keyboard().type(keys);
            try {
                assertThat(page.locator("h1").first())
                        .containsText(
                                heading, new LocatorAssertions.ContainsTextOptions().setTimeout(SOON_MS / PRESSES));
                return this;
            } catch (AssertionError e) {
                if (attempt == PRESSES || !Boolean.TRUE.equals(page.evaluate(TOO_SLOW))) {
                    throw e;
                }
            }
        }
    }

    /** Waits until a row of a table contains the text. */
    Locator awaitRow(String text) {
        Locator row = page.locator("tbody tr").filter(new Locator.FilterOptions().setHasText(text));
        assertThat(row.first()).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(SOON_MS));
        return row.first();
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Sets a mark that only a reload removes. */
    void markDocument() {
        page.evaluate("() => { window.marked = true; }");
    }

    boolean isMarked() {
        return Boolean.TRUE.equals(page.evaluate("() => window.marked === true"));
    }

    /** Returns by how many pixels the page is wider than the window. */
    int overhang() {
        return ((Number) page.evaluate(
                        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .intValue();
    }

    /** Returns serious and critical findings of axe-core on the current page. */
    List<String> barriers() {
        if (!Boolean.TRUE.equals(page.evaluate("() => 'axe' in window"))) {
            page.evaluate(read(AXE));
        }
        return strings(page.evaluate(FINDINGS));
    }

    /**
     * Returns errors and warnings of the console and uncaught exceptions, including violations of the content security
     * policy, without the message about a response 503: a busy server may refuse a search, and the page repeats it.
     */
    List<String> complaints() {
        return complaints.stream()
                .filter(text -> !text.startsWith("Failed to load resource: the server responded with a status of 503"))
                .toList();
    }

    /** Like {@link #complaints}, without the browser's message about each unsuccessful response. */
    List<String> complaintsButFailedRequests() {
        return complaints.stream()
                .filter(text -> !text.startsWith("Failed to load resource:"))
                .toList();
    }

    private static List<String> strings(Object list) {
        List<String> texts = new ArrayList<>();
        for (Object text : (List<?>) list) {
            texts.add(String.valueOf(text));
        }
        return texts;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        window.close();
    }
}
