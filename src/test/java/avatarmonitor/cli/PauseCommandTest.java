package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.testing.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands pause and resume. */
class PauseCommandTest {
    @AutoClose
    private final CommandFixture fixture = new CommandFixture(TestDatabase.H2);

    @Test
    void pauseIsShownByTheDoctorUntilItIsResumed() {
        Ran paused = fixture.run("pause", "--reason", "fal maintenance", "--for", "30m");
        assertThat(paused.exit()).as(paused.err()).isZero();
        assertThat(paused.out())
                .containsPattern("Polling is paused by operator .+ \\(cli\\): fal maintenance, until 20\\d\\d-.*Z\\.");
        assertThat(fixture.run("pause", "--type", "Portrait").out())
                .contains("Polling of PORTRAIT trainings is paused");

        assertThat(fixture.run("doctor").out())
                .containsPattern(
                        "warn\\s+pauses:\\s+Polling is paused by operator .*fal maintenance, since .*, until 20")
                .containsPattern(
                        "warn\\s+pauses:\\s+Polling of PORTRAIT trainings .*until it is resumed.*resume --type PORTRAIT");

        Ran one = fixture.run("resume", "--type", "portrait");
        assertThat(one.out())
                .contains("Polling of PORTRAIT trainings goes on. Still in effect: Polling is paused by operator");
        assertThat(fixture.run("resume", "--json").out()).contains("\"reason\": \"fal maintenance\"");
        Ran none = fixture.run("resume");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).contains("It was not paused.");
        assertThat(fixture.avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'operator_action'"))
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0s", "31d", "1w", "-5m", "5", "999999999d", "1h30m"})
    void badLengthIsRefusedAndNothingIsPaused(String length) {
        Ran ran = fixture.run("pause", "--for", length);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("is not a length of a pause; one looks like 90s, 30m, 2h or 1d, from 1s to 30d");
        assertThat(fixture.avatars.count("SELECT count(*) FROM avatar_monitor_pause"))
                .isZero();
    }

    @Test
    void unknownTypeIsRefused() {
        Ran ran = fixture.run("pause", "--type", "portrat");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("There is no training type 'portrat'; types are portrait, style");
    }
}
