package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.fal.FalKey;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Findings of the doctor about the configured training types. */
final class DoctorTrainingTypesTest {
    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withKey(new FalKey("id:right")));

    @AutoClose
    private CommandFixture fixture;

    @BeforeEach
    void open() {
        fixture = CommandFixture.against(fal, directory);
    }

    @Test
    void trainerThatFalHasRetiredIsAWarning() {
        Ran ran = fixture.variable("AVATAR_MONITOR_TRAININGS_STYLE_ENDPOINT", "fal-ai/flux-pro-trainer")
                .run("doctor");

        assertThat(ran.exit()).as(ran.out()).isZero();
        assertThat(ran.out().lines().filter(line -> line.contains("endpoints:")))
                .satisfiesExactly(
                        portrait -> assertThat(portrait).startsWith("ok").contains("trainings.portrait.endpoint = "),
                        style -> assertThat(style)
                                .startsWith("warn")
                                .contains("trainings.style.endpoint = fal-ai/flux-pro-trainer", "retired"));
    }

    @Test
    void columnThatATypeNamesAndTheTableLacksIsAFailure() {
        Ran ran = fixture.variable("AVATAR_MONITOR_TRAININGS_STYLE_OUTPUTS", "[{lora_id = id}]")
                .run("doctor");

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out().lines().filter(line -> line.startsWith("FAIL")))
                .singleElement()
                .asString()
                .contains("column lora_id, which trainings.style.outputs names, is missing");
    }
}
