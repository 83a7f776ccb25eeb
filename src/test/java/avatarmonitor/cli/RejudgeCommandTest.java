package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalKey;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code check --rejudge}: stores paid models after a rule was corrected. */
final class RejudgeCommandTest {
    private static final String OUTPUTS = "AVATAR_MONITOR_TRAININGS_PORTRAIT_OUTPUTS";

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withKey(new FalKey("id:right")));

    @AutoClose
    private final CommandFixture fixture = CommandFixture.against(fal);

    private AvatarId failed(String request) {
        fal.register("fal-ai/flux-lora-portrait-trainer", request, Scenario.ended(Outcome.success()));
        AvatarId id = fixture.training(request);
        fixture.variable(OUTPUTS, "[{finetune_id = nowhere}]");
        fixture.run("check", id.toString());
        assertThat(fixture.avatars.row(id)).containsEntry("status", "ERROR");
        return id;
    }

    @Test
    void oneAvatarIsJudgedAgainWithoutAKey() {
        AvatarId id = failed("req-1");
        fixture.variable("FAL_KEY", "");

        Ran wrong = fixture.run("check", id.toString(), "--rejudge");
        fixture.variable(OUTPUTS, "[{config_file_url = config_file.url}]");
        Ran right = fixture.run("check", "--rejudge", id.toString());

        assertThat(wrong.exit()).isEqualTo(1);
        assertThat(wrong.out()).contains(id + ": unusable (nowhere is missing; the result has the fields ");
        assertThat(right.exit()).as(right.err()).isZero();
        assertThat(right.out()).contains(id + ": completed");
        assertThat(fixture.avatars.row(id)).containsEntry("status", "COMPLETED");
        assertThat(fixture.avatars.count(
                        "SELECT count(*) FROM avatar_event WHERE type = 'operator_action' AND detail LIKE '%rejudge%'"))
                .isEqualTo(2);
    }

    @Test
    void allOfATypeAreJudgedAgain() {
        AvatarId first = failed("req-1");
        AvatarId second = failed("req-2");
        fixture.variable(OUTPUTS, "[{config_file_url = config_file.url}]");

        assertThat(fixture.run("check", "--rejudge", "--type", "style").out()).contains("0 judged");
        Ran ran = fixture.run("check", "--rejudge", "--type", "Portrait", "--since", "2d", "--json");

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains(first.toString(), second.toString(), "\"completed\"");
        assertThat(fixture.run("check", "--rejudge").out())
                .contains("0 judged: 0 completed, 0 without a usable model, 0 skipped, 0 refused by the database.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "check | Name an avatar by its ID",
                "check --rejudge --type portrat | There is no training type \"portrat\"",
                "check --type style | Name an avatar by its ID",
                "check --rejudge --since 2 | --since: expected a number and m, h or d",
                "check 0198a1b2-0000-7000-8000-000000000001 --rejudge --type style | --type and --since go with --rejudge and without an ID",
                "check 0198a1b2-0000-7000-8000-000000000001 --since 2d | --type and --since go with --rejudge and without an ID",
            })
    void wrongUsageIsRefused(String line, String error) {
        Ran ran = fixture.run(line.split(" "));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains(error);
    }
}
