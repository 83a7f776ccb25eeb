package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import avatarmonitor.web.Route.Method;
import avatarmonitor.web.Router.Found;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path has exactly one meaning or none. */
class RouterTest {
    private static final Route LIST = Route.get("/api/v1/avatars", Access.READ, Lane.READING, call -> answer());
    private static final Route ONE = Route.get("/api/v1/avatars/{id}", Access.READ, Lane.READING, call -> answer());
    private static final Route CHECK =
            new Route(Method.POST, "/api/v1/avatars/{id}/check", Access.CHANGE, Lane.ACTING, 10, call -> answer());
    private static final Route STREAM = Route.get("/api/v1/stream", Access.READ, Lane.STREAM, call -> answer());

    private final Router router = new Router(List.of(LIST, ONE, CHECK, STREAM), new PageFiles());

    private static Answer answer() {
        return Answer.text(200, "text/plain", "");
    }

    @Test
    void pathAndMethodFindTheirRoute() {
        assertThat(router.find("GET", "/api/v1/avatars")).isEqualTo(new Found.Match(LIST, Map.of()));
        assertThat(router.find("GET", "/api/v1/avatars/a-1")).isEqualTo(new Found.Match(ONE, Map.of("id", "a-1")));
        assertThat(router.find("POST", "/api/v1/avatars/a-1/check"))
                .isEqualTo(new Found.Match(CHECK, Map.of("id", "a-1")));
    }

    @Test
    void headIsGetExceptForTheStream() {
        assertThat(router.find("HEAD", "/api/v1/avatars")).isEqualTo(new Found.Match(LIST, Map.of()));
        assertThat(router.find("HEAD", "/api/v1/stream")).isInstanceOf(Found.WrongMethod.class);
    }

    @Test
    void wrongMethodIsReportedWhichAreRight() {
        assertThat(router.find("DELETE", "/api/v1/avatars/a-1")).isEqualTo(new Found.WrongMethod("GET, HEAD"));
        assertThat(router.find("GET", "/api/v1/avatars/a-1/check")).isEqualTo(new Found.WrongMethod("POST"));
        assertThat(router.find("POST", "/index.html")).isEqualTo(new Found.WrongMethod("GET, HEAD"));
        assertThat(router.find("get", "/api/v1/avatars")).isEqualTo(new Found.WrongMethod("GET, HEAD"));
    }

    @Test
    void startPageIsAFile() {
        assertThat(router.find("GET", "/")).isInstanceOf(Found.Match.class);
        assertThat(router.find("GET", "/index.html")).isInstanceOf(Found.Match.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "//",
                "/api/v1/avatars/",
                "/api//v1/avatars",
                "/api/v1/avatars/../avatars",
                "/./index.html",
                "/../index.html",
                "/%2e%2e/index.html",
                "/index.html%00",
                "/index.html;a=b",
                "/..;/index.html",
                "/INDEX.HTML",
                "/index",
                "/.index.html",
                "/web/index.html",
                "/sql/migrations/h2/V1__quartz.sql",
                "/../sql/migrations/h2/V1__quartz.sql",
                "/logback.xml",
                "/../logback.xml",
                "/../config/avatar-monitor.conf",
                "/avatarmonitor/Main.class",
                "\\index.html",
                "/api/v1/avatars/a/b/c/d/e/f/g/h",
                "http://example.com/index.html",
                "*"
            })
    void whatIsNotPlainlyOursIsNothing(String path) {
        assertThat(router.find("GET", path)).isEqualTo(new Found.Nothing());
    }

    @Test
    void overlongPathIsNothing() {
        assertThat(router.find("GET", "/" + "a".repeat(5_000) + ".html")).isEqualTo(new Found.Nothing());
    }
}
