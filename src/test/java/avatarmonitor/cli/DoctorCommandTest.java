package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.fal.FalKey;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The doctor finds faults, says what to do, and continues. */
class DoctorCommandTest {
    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withKey(new FalKey("id:right")));

    @AutoClose
    private final CommandFixture fixture = CommandFixture.against(fal);

    private static Stream<String> lines(Ran ran, String what) {
        return ran.out().lines().filter(line -> line.matches("\\S+ +" + what + ": .*"));
    }

    private Program on(StoreConfig database) {
        return new Program(fixture.directory)
                .realTime()
                .on(database)
                .variable("AVATAR_MONITOR_FAL_BASE_URL", fal.baseUri().toString())
                .variable("FAL_KEY", "id:right");
    }

    @Test
    void healthyInstallationHasNoFailure() {
        Ran ran = fixture.run("doctor");

        assertThat(ran.exit()).as(ran.out()).isZero();
        assertThat(ran.out().lines())
                .allMatch(line -> line.startsWith("ok   ")
                        || line.startsWith("warn workers:")
                        || line.startsWith("warn state:         No worker is alive."));
        assertThat(ran.out())
                .contains("H2 2.", "up to date", "takes the key", "table public.avatars fits", "none is alive")
                .contains("fal.base-url = \"" + fal.baseUri())
                .doesNotContain("id:right");
        assertThat(fal.calls()).as("one for each configured endpoint").hasSize(2);
    }

    @Test
    void endpointThatFalDoesNotHaveIsAFailureThatNamesItsKey() {
        fal.inject(Fault.answering(Reply.detail(404, "Application \"fal-ai/typo\" not found"))
                .on(Op.STATUS)
                .times(1));

        Ran ran = fixture.variable("AVATAR_MONITOR_FAL_ENDPOINTS_PORTRAIT", "fal-ai/typo")
                .run("doctor");

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(lines(ran, "endpoints"))
                .satisfiesExactly(
                        portrait -> assertThat(portrait)
                                .startsWith("FAIL")
                                .contains("trainings.portrait.endpoint = fal-ai/typo", "set trainings."),
                        style -> assertThat(style).startsWith("ok").contains("trainings.style.endpoint = "));
        assertThat(lines(ran, "fal")).singleElement().asString().startsWith("ok");
    }

    @Test
    void lockedAccountIsReported() {
        fal.inject(Fault.answering(Reply.detail(403, "User is locked. Reason: Exhausted balance")));

        Ran ran = fixture.run("doctor");

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(lines(ran, "fal"))
                .singleElement()
                .asString()
                .startsWith("FAIL")
                .contains("Exhausted balance", "top up the account");
        assertThat(lines(ran, "endpoints")).isEmpty();
    }

    @Test
    void postgresqlIsExaminedToo() {
        try (TestDatabase.Fresh postgres = TestDatabase.POSTGRESQL_18.fresh()) {
            Program program = on(postgres.config());

            assertThat(program.run("doctor")).as(program.out()).isZero();
            assertThat(program.out()).contains("PostgreSQL 18", "nothing is wrong with triggers and jobs");
        }
    }

    @Test
    void tableThatCannotBeWrittenIsAFailureWithTheGrant() {
        try (TestDatabase.Fresh postgres = TestDatabase.POSTGRESQL_18.fresh()) {
            StoreConfig config = postgres.role("ALL ON ALL TABLES IN SCHEMA public");
            String reader = config.user();
            Sql.run(postgres.database(), "REVOKE INSERT, UPDATE, DELETE ON avatars FROM " + reader);
            Program program = on(config);

            assertThat(program.run("doctor")).as(program.out()).isEqualTo(1);
            assertThat(program.out())
                    .contains(
                            "FAIL application:",
                            "fits, but user " + reader + " may not write columns ",
                            "→ run GRANT SELECT, UPDATE ON public.avatars TO " + reader)
                    .containsOnlyOnce("FAIL");
        }
    }

    @Test
    void jsonHasOneObjectForEachLine() {
        JsonArray all =
                JsonParser.parseString(fixture.run("doctor", "--json").out()).getAsJsonArray();

        assertThat(all)
                .allMatch(finding -> finding.getAsJsonObject()
                        .keySet()
                        .equals(java.util.Set.of("level", "what", "detail", "advice")));
        List<String> looked = StreamSupport.stream(all.spliterator(), false)
                .map(finding -> ((JsonObject) finding).get("what").getAsString())
                .distinct()
                .toList();
        assertThat(looked)
                .containsExactly(
                        "configuration",
                        "access",
                        "database",
                        "clock",
                        "application",
                        "schema",
                        "rights",
                        "state",
                        "workers",
                        "rate",
                        "pauses",
                        "ends",
                        "unwatched",
                        "invalid",
                        "stalled",
                        "schedule",
                        "repairs",
                        "network",
                        "fal",
                        "endpoints");
    }

    @Test
    void unreachableDatabaseIsAFailureAndFalIsAskedAllTheSame() {
        fixture.variable("AVATAR_MONITOR_DB_URL", "jdbc:postgresql://127.0.0.1:1/none")
                .variable("AVATAR_MONITOR_DB_PASSWORD", "s3cret");

        Ran ran = fixture.run("doctor");

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(lines(ran, "database"))
                .singleElement()
                .asString()
                .startsWith("FAIL")
                .contains("check db.url");
        assertThat(lines(ran, "fal")).singleElement().asString().startsWith("ok");
        assertThat(ran.out() + ran.err()).doesNotContain("s3cret");
    }

    @Test
    void schemaThatWasNotMigratedIsAFailure() {
        try (TestDatabase.Fresh empty = TestDatabase.H2.empty()) {
            Program program = on(empty.config());

            assertThat(program.run("doctor")).isEqualTo(1);
            assertThat(program.out())
                    .contains("migrations have not run", "run avatar-monitor migrate", "FAIL application");
            assertThat(Sql.rows(
                            empty.database(),
                            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"))
                    .containsExactly("0");
        }
    }

    @Test
    void oneKeyAndOneMigrationAreReportedAsOne() {
        fixture.avatars.run("DELETE FROM avatar_monitor_schema_history WHERE installed_rank ="
                + " (SELECT max(installed_rank) FROM avatar_monitor_schema_history)");
        String url = fixture.fresh().config().url();
        Program program = new Program(fixture.directory).realTime().variable("AVATAR_MONITOR_DB_URL", url);

        assertThat(program.run("doctor")).isEqualTo(1);
        assertThat(program.out()).contains("valid, 1 key set", "1 migration has not run: V");
    }

    @Test
    void refusedMissingAndUnaskableKeyAreReported() {
        fixture.variable("FAL_KEY", "id:wrong-secret");
        Ran refused = fixture.run("doctor");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(lines(refused, "fal"))
                .singleElement()
                .asString()
                .startsWith("FAIL")
                .contains("401", "set FAL_KEY");
        assertThat(refused.out() + refused.err()).doesNotContain("wrong-secret");

        fixture.variable("FAL_KEY", "");
        Ran missing = fixture.run("doctor");
        assertThat(missing.exit()).isEqualTo(1);
        assertThat(lines(missing, "fal")).singleElement().asString().contains("no key is configured", "set FAL_KEY");

        fixture.variable("FAL_KEY", "id:right");
        fal.inject(Fault.badGateway());
        Ran down = fixture.run("doctor");
        assertThat(down.exit()).isEqualTo(1);
        assertThat(lines(down, "fal"))
                .singleElement()
                .asString()
                .startsWith("FAIL")
                .contains("502");
    }

    @Test
    void clockThatIsWrongIsAFailure() {
        Program program = new Program(fixture.directory).on(fixture.fresh().config());

        assertThat(program.run("doctor")).isEqualTo(1);
        assertThat(program.out()).contains("FAIL clock:", "NTP");
    }

    @Test
    void wrongConfigurationIsTwoAndReportedAsFindings() {
        fixture.variable("AVATAR_MONITOR_LOG_LEVEL", "loud");

        Ran ran = fixture.run("doctor");

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).contains("FAIL configuration:", "loud", "one of error, warn");
    }

    @Test
    void endThatTheDatabaseRefusesIsAFailureThatNamesAvatarAndCause() {
        String id = fixture.training("req-1").toString();
        assertThat(lines(fixture.run("doctor"), "ends"))
                .singleElement()
                .asString()
                .startsWith("ok");
        fixture.avatars.run("""
                INSERT INTO avatar_monitor_answer (avatar_id, fal_request_id, at, worker, ending, fal_status, refusals, refused_since, refusal)
                VALUES (CAST(? AS uuid), 'req-1', current_timestamp, 'w', 'completed', 'COMPLETED', 4, current_timestamp, 'SQLState 23514')""", id);
        Ran ran = fixture.run("doctor");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(lines(ran, "ends"))
                .singleElement()
                .asString()
                .startsWith("FAIL")
                .contains("1 ended training whose end", id, "completed, 4 in a row", "SQLState 23514");
    }

    @Test
    void moreWatchesThanFalMayBeAskedIsAWarning() {
        fixture.variable("AVATAR_MONITOR_MONITOR_INTERVAL", "2s")
                .variable("AVATAR_MONITOR_FAL_TIMEOUT", "1s")
                .variable("AVATAR_MONITOR_FAL_REQUESTS_PER_SECOND", "1");
        for (int i = 0; i < 3; i++) {
            fixture.training("req-" + i);
        }
        fixture.run("reconcile");

        assertThat(lines(fixture.run("doctor"), "rate"))
                .singleElement()
                .asString()
                .startsWith("warn")
                .contains("3 monitored, they need 1.5 requests per second of at most 1");
    }

    @Test
    void liveWorkerThatIsPausedByFalIsReportedThoughTheDoctorsKeyIsTaken() {
        assertThat(lines(fixture.run("doctor"), "pauses"))
                .singleElement()
                .asString()
                .startsWith("ok");
        paused("w-pace", 0, "pace", 110);
        Ran pace = fixture.run("doctor");
        assertThat(pace.exit()).isZero();
        assertThat(lines(pace, "pauses"))
                .singleElement()
                .asString()
                .startsWith("warn")
                .contains("w-pace asks fal nothing since 2", "(3m ago), tries again in 1m: why", "goes on by itself");

        paused("w-key", 0, "key", -5);
        paused("w-dead", 600, "key", 50);
        Ran key = fixture.run("doctor");
        assertThat(key.exit()).isEqualTo(1);
        assertThat(lines(key, "pauses"))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("FAIL")
                .contains("w-key asks fal nothing", "(3m ago), tries again with its next check: why", "FAL_KEY");
        assertThat(lines(key, "fal")).singleElement().asString().startsWith("ok");
    }

    @Test
    void platformApiThatRefusesAccessIsAWarning() {
        assertThat(lines(fixture.run("doctor"), "history")).isEmpty();
        fixture.avatars.run(
                "UPDATE avatar_monitor_fal_history SET off_since = ?, off_reason = 'HTTP 403' WHERE id = 1",
                CommandFixture.now().minusSeconds(7200).atOffset(ZoneOffset.UTC));

        Ran off = fixture.run("doctor");

        assertThat(off.exit()).isZero();
        assertThat(lines(off, "history"))
                .singleElement()
                .asString()
                .startsWith("warn")
                .contains("fal's platform API is not used since 2", "(2h ago): HTTP 403", "fal.history = off");
    }

    private void paused(String worker, int checkedInSecondsAgo, String refused, int nextTryInSeconds) {
        fixture.avatars.run(
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', ?, ?, 60000)",
                worker,
                CommandFixture.now().minusSeconds(checkedInSecondsAgo).toEpochMilli());
        fixture.avatars.run("""
                INSERT INTO avatar_monitor_worker_status (instance, at, started_at, version, clock_behind_ms,
                    checks_per_second, fal_paused_since, fal_paused_until, fal_refused, fal_pause_reason)
                VALUES (?, current_timestamp, current_timestamp, '1', 0, 0, current_timestamp - INTERVAL '185' SECOND,
                    current_timestamp + CAST(? AS int) * INTERVAL '1' SECOND, ?, 'why')""", worker, nextTryInSeconds, refused);
    }

    @Test
    void repairMendsWhatIsStuckAndSaysSo() {
        AvatarId stuck = fixture.training("req-1");
        fixture.training("req-2");
        assertThat(fixture.run("monitor", stuck.toString()).exit()).isZero();
        fixture.avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ERROR'");

        Ran before = fixture.run("doctor");
        assertThat(before.exit()).isZero();
        assertThat(lines(before, "schedule"))
                .singleElement()
                .asString()
                .startsWith("warn")
                .contains("1 error, such as avatar/" + stuck + ": in state ERROR", "--repair");
        assertThat(lines(before, "unwatched"))
                .singleElement()
                .asString()
                .startsWith("warn")
                .contains("2 in TRAINING without a trigger");

        Ran repaired = fixture.run("doctor", "--repair");
        assertThat(lines(repaired, "repair"))
                .singleElement()
                .asString()
                .contains("monitoring started: 2", "repaired: 1");
        assertThat(lines(repaired, "schedule")).singleElement().asString().startsWith("ok");
        assertThat(lines(repaired, "unwatched")).singleElement().asString().startsWith("ok");
    }

    @Test
    void repairMakesNoDatabase() {
        fixture.variable("AVATAR_MONITOR_DB_URL", "jdbc:h2:file:" + fixture.directory.resolve("none"));
        assertThat(fixture.run("doctor", "--repair").out()).contains("FAIL repair:", "FAIL database:");
        assertThat(fixture.directory).isEmptyDirectory();
    }
}
