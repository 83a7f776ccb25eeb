package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.fal.FalKey;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Findings of the doctor about the configured training types. */
final class DoctorTrainingTypesTest {
    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withKey(new FalKey("id:right")));

    @AutoClose
    private final CommandFixture fixture = CommandFixture.against(fal);

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
    void otherTypesOfWorkersAreSaid() {
        fixture.run("migrate");
        assertThat(types(fixture.run("doctor"))).as("no worker is alive").isEmpty();
        fixture.alive("w-1");
        fixture.avatars.run(
                "UPDATE avatar_monitor_training_type SET endpoint = 'o/portrait', seen_at = current_timestamp,"
                        + " previous_endpoint = 'o/another', changed_at = current_timestamp WHERE name = 'PORTRAIT'");
        fixture.avatars.run("DELETE FROM avatar_monitor_training_type WHERE name = 'STYLE'");
        fixture.avatars.run("INSERT INTO avatar_monitor_training_type (name, endpoint, seen_at)"
                + " VALUES ('VIDEO', 'o/video', current_timestamp)");
        fixture.avatars.run("INSERT INTO avatar_monitor_training_type (name, endpoint, seen_at)"
                + " VALUES ('GONE', 'o/gone', current_timestamp - INTERVAL '3' MINUTE)");

        Ran ran = fixture.variable("AVATAR_MONITOR_TRAININGS_PORTRAIT_ENDPOINT", "o/here")
                .run("doctor");
        assertThat(types(ran))
                .satisfiesExactly(
                        last -> assertThat(last)
                                .startsWith("warn")
                                .contains("trainings.portrait.endpoint is o/here here, but o/portrait at a worker"),
                        before -> assertThat(before).startsWith("warn").contains("but o/another at a worker"),
                        video -> assertThat(video)
                                .startsWith("warn")
                                .contains("a worker has the training type VIDEO, which is not in this configuration"),
                        style -> assertThat(style)
                                .startsWith("warn")
                                .contains("no worker has the training type STYLE, which is in this configuration"));

        fixture.avatars.run("DELETE FROM avatar_monitor_training_type WHERE name NOT IN ('PORTRAIT')");
        fixture.avatars.run("UPDATE avatar_monitor_training_type SET endpoint = 'o/here', previous_endpoint = NULL");
        fixture.avatars.run("INSERT INTO avatar_monitor_training_type (name, endpoint, seen_at)"
                + " VALUES ('STYLE', 'fal-ai/flux-lora-fast-training', current_timestamp)");
        assertThat(types(fixture.run("doctor"))).singleElement().asString().startsWith("ok");
    }

    private static List<String> types(Ran ran) {
        return ran.out().lines().filter(line -> line.contains(" types:")).toList();
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
