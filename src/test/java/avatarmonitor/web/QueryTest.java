package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A parameter is valid, or the error names the invalid one. */
class QueryTest {
    @Test
    void valuesAreDecoded() {
        Query query = Query.parse("q=Ada%20L%C3%B6ve+x&limit=7&empty&order=desc");

        assertThat(query.text("q", 20)).isEqualTo("Ada Löve x");
        assertThat(query.number("limit", 1, 200, 50)).isEqualTo(7);
        assertThat(query.text("empty", 1)).isEmpty();
        assertThat(query.oneOf("order", List.of("asc", "desc"), "asc")).isEqualTo("desc");
        query.nothingElse();
    }

    @Test
    void missingOnesHaveTheirUsualValue() {
        Query query = Query.parse(null);

        assertThat(query.number("limit", 1, 200, 50)).isEqualTo(50);
        assertThat(query.oneOf("order", List.of("asc", "desc"), "asc")).isEqualTo("asc");
        assertThat(query.avatar("avatar")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "201", "-1", "1.5", "x", "99999999999999999999", "1e2", "%31%00"})
    void numberOutsideItsLimitsIsNamed(String value) {
        refused("limit: ", () -> Query.parse("limit=" + value).number("limit", 1, 200, 50));
    }

    @Test
    void unknownAndRepeatedOnesAreNamed() {
        refused("lmit: ", () -> Query.parse("lmit=5").nothingElse());
        refused("limit: ", () -> Query.parse("limit=5&limit=6"));
        refused(
                "order: expected one of asc, desc",
                () -> Query.parse("order=up").oneOf("order", List.of("asc", "desc"), "asc"));
        refused("avatar: ", () -> Query.parse("avatar=1").avatar("avatar"));
        refused("q: ", () -> Query.parse("q=" + "a".repeat(21)).text("q", 20));
        refused("q: ", () -> Query.parse("q=a%0Ab").text("q", 20));
    }

    @Test
    void whatCannotBeReadIsRefused() {
        refused("%", () -> Query.parse("q=%zz"));
        refused("more than", () -> Query.parse("a=1&".repeat(1) + "b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q&r&s&t&u"));
    }

    @Test
    void nameOfAnUnknownOneCannotForgeAnything() {
        refused("a  b", () -> Query.parse("a%0D%0Ab=1").nothingElse());
    }

    private static void refused(String detail, ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(detail)
                .satisfies(e ->
                        assertThat(((RefusedException) e).answer().status()).isEqualTo(400));
    }
}
