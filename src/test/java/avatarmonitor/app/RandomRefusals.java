package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventWriter;
import avatarmonitor.fal.FalClient;
import avatarmonitor.fal.FalFixture;
import avatarmonitor.fal.FalKey;
import avatarmonitor.hint.PlatformApiTable;
import avatarmonitor.http.Egress;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.LocalRateLimit;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * An hour of trainings, of the emulator's clock, that three workers check while fal limits the rate, refuses the key or
 * the account, does not have an endpoint, refuses results and fails every second request, each for some minutes. No
 * training ends other than as fal says, none is lost, no request is sent during a pause, and each pause ends.
 */
final class RandomRefusals implements AutoCloseable {
    private static final String PORTRAITS = "fal-ai/flux-lora-portrait-trainer";
    private static final String STYLES = "blackforestlabs/flux-3/klein/base/trainer";

    private static final Duration STEP = Duration.ofSeconds(10);
    private static final int STEPS_PER_MINUTE = 6;

    /** From here on fal works. */
    private static final int WELL_AT_MINUTE = 45;

    /** The longest backoff is 10 min with 20 % of jitter, and the next fire is up to a minute later. */
    private static final int ALL_ENDED_AT_MINUTE = WELL_AT_MINUTE + 13;

    private static final int END_MINUTE = 62;
    private static final int TRAININGS = 8;
    private static final int WORKERS = 3;

    /** As docs/decision-table.md promises for a refused key and account. */
    private static final Duration ACCESS_PAUSE = Duration.ofSeconds(60);

    private static final Set<CheckOutcome> NO_END =
            Set.of(CheckOutcome.STILL_TRAINING, CheckOutcome.WAITING, CheckOutcome.PASSED);

    private final Random random;
    private final String seed;
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();
    private final Avatars avatars = new Avatars(fresh.database());
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withFrozenClock());
    private final List<Colleague> workers = new ArrayList<>();
    private final List<Training> trainings = new ArrayList<>();
    private final Set<String> ended = new HashSet<>();
    private final Map<Kind, Integer> seen = new TreeMap<>();
    private Phase phase = Phase.well();
    private int calls;

    /** What fal does for some minutes. */
    private enum Kind {
        WELL,
        RATE_LIMITED,
        KEY_REFUSED,
        ACCOUNT_LOCKED,
        RESULTS_REFUSED,
        ENDPOINT_UNKNOWN,
        HALF_FAILS
    }

    /** @param retryAfter what a 429 of the phase asks for */
    private record Phase(Kind kind, Instant until, Duration retryAfter, Effect.RetryAfter form, String endpoint) {
        static Phase well() {
            return new Phase(Kind.WELL, Instant.MAX, Duration.ZERO, Effect.RetryAfter.NONE, "");
        }
    }

    /** @param event of its end, as {@code status}; empty when it never ends */
    private record Training(
            AvatarId id, String request, String endpoint, Instant ends, String status, String event, int offset) {}

    private RandomRefusals(long seed) {
        this.random = new Random(seed);
        this.seed = "seed " + seed;
        for (int i = 0; i < WORKERS; i++) {
            workers.add(new Colleague("w" + i));
        }
    }

    /**
     * Plays one hour and judges it.
     *
     * @return number of phases by kind
     */
    static Map<String, Integer> play(long seed) {
        try (RandomRefusals hour = new RandomRefusals(seed)) {
            hour.play();
            Map<String, Integer> phases = new TreeMap<>();
            hour.seen.forEach((kind, count) -> phases.put(kind.name(), count));
            return phases;
        }
    }

    private void play() {
        for (int i = 0; i < TRAININGS; i++) {
            trainings.add(begin(i));
        }
        for (int step = 0; step < END_MINUTE * STEPS_PER_MINUTE; step++) {
            change(step);
            for (Training training : trainings) {
                if (step % STEPS_PER_MINUTE == training.offset) {
                    fire(training, workers.get(random.nextInt(WORKERS)));
                }
            }
            workers.forEach(Colleague::look);
            if (step == ALL_ENDED_AT_MINUTE * STEPS_PER_MINUTE) {
                assertAllEnded();
            }
            fal.advance(STEP);
        }
        assertPausesEnded();
    }

    /**
     * The first training never ends, so that each process that was refused gets an answer, as in a cluster that has
     * work.
     */
    private Training begin(int number) {
        boolean style = number % 2 == 1;
        String endpoint = style ? STYLES : PORTRAITS;
        String request = "r-" + number;
        Duration run = Duration.ofSeconds(number == 0 ? 86_400 : 30 + random.nextInt(2_400));
        int kind = number == 0 ? 0 : random.nextInt(6);
        Outcome outcome = switch (kind) {
            case 3 -> Outcome.validationError("face_detection_error", "no face");
            case 4 -> Outcome.platformError("runner_server_error", "gone");
            case 5 -> Outcome.cancelled();
            default -> Outcome.success();
        };
        String status = kind == 5 ? "CANCELLED" : kind >= 3 ? "ERROR" : "COMPLETED";
        String event = kind == 5 ? "cancelled" : kind >= 3 ? "failed" : "completed";
        fal.register(
                endpoint,
                request,
                Scenario.standard().withQueue(Duration.ZERO, 0).withRun(run).withOutcome(outcome));
        AvatarId id = avatars.training(style ? "STYLE" : "PORTRAIT", request, fal.now());
        fresh.database()
                .inTransaction(connection -> MonitoringStore.begin(
                        connection, id, request, fal.now(), fal.now().plusSeconds(36_000)));
        return new Training(
                id, request, endpoint, fal.now().plus(run), status, event, random.nextInt(STEPS_PER_MINUTE));
    }

    private void change(int step) {
        if (step >= WELL_AT_MINUTE * STEPS_PER_MINUTE) {
            begin(Phase.well());
        } else if (step == 0 || !fal.now().isBefore(phase.until)) {
            Kind next = phase.kind == Kind.WELL && step > 0
                    ? Kind.values()[1 + random.nextInt(Kind.values().length - 1)]
                    : Kind.WELL;
            Duration lasts =
                    Duration.ofSeconds(next == Kind.WELL ? 30 + random.nextInt(150) : 60 + random.nextInt(420));
            boolean told = random.nextBoolean();
            begin(new Phase(
                    next,
                    fal.now().plus(lasts),
                    // Without the header the pause is half a minute.
                    Duration.ofSeconds(told ? 1 + random.nextInt(180) : 30),
                    told ? Effect.RetryAfter.SECONDS : Effect.RetryAfter.NONE,
                    random.nextBoolean() ? PORTRAITS : STYLES));
        }
    }

    private void begin(Phase next) {
        if (next.kind == Kind.WELL && phase.kind == Kind.WELL) {
            phase = next;
            return;
        }
        phase = next;
        seen.merge(next.kind, 1, Integer::sum);
        fal.clearFaults();
        switch (next.kind) {
            case WELL, HALF_FAILS -> {}
            case RATE_LIMITED -> fal.inject(Fault.rateLimited(next.retryAfter, next.form));
            case KEY_REFUSED -> fal.inject(Fault.unauthorized());
            case ACCOUNT_LOCKED -> fal.inject(Fault.locked());
            case RESULTS_REFUSED ->
                fal.inject((random.nextBoolean() ? Fault.locked() : Fault.unauthorized()).on(Op.RESULT));
            case ENDPOINT_UNKNOWN ->
                trainings.stream()
                        .filter(training -> training.endpoint.equals(next.endpoint))
                        .forEach(training -> fal.inject(
                                Fault.applicationNotFound(next.endpoint).of(training.request)));
        }
    }

    private void fire(Training training, Colleague worker) {
        if (ended.contains(training.request)) {
            return;
        }
        if (phase.kind == Kind.HALF_FAILS) {
            for (Op op : List.of(Op.STATUS, Op.RESULT)) {
                if (random.nextBoolean()) {
                    fal.inject(trouble().on(op).times(1));
                }
            }
        }
        CheckOutcome outcome = worker.check.check(training.id, false);
        judgeCalls(worker);
        if (phase.kind == Kind.HALF_FAILS) {
            fal.clearFaults();
        }
        Map<String, String> row = avatars.rows("SELECT status FROM avatars WHERE id = ?", training.id.value()).stream()
                .map(columns -> Map.of("status", String.valueOf(columns.get("status"))))
                .findFirst()
                .orElseThrow();
        String what = seed + ", " + phase + ", " + training + " at " + fal.now() + ": " + outcome;
        if (NO_END.contains(outcome)) {
            assertThat(row).as(what).containsEntry("status", "TRAINING");
            return;
        }
        assertThat(outcome.column()).as(what).isEqualTo(training.event);
        assertThat(fal.now()).as(what).isAfterOrEqualTo(training.ends);
        assertThat(row).as(what).containsEntry("status", training.status);
        ended.add(training.request);
    }

    private Fault trouble() {
        return switch (random.nextInt(4)) {
            case 0 -> Fault.badGateway();
            case 1 -> Fault.garbage();
            case 2 -> Fault.drop();
            default -> Fault.cut();
        };
    }

    /** Between a refusal and the end of its pause this worker sends nothing. */
    private void judgeCalls(Colleague worker) {
        List<Call> all = fal.calls();
        for (Call call : all.subList(calls, all.size())) {
            String what = seed + ", " + phase + ", " + worker.name + ": " + call;
            assertThat(call.at()).as(what).isAfterOrEqualTo(worker.quietUntil);
            if (call.code() == 429) {
                worker.quietUntil = call.at().plus(phase.retryAfter);
            } else if (call.op() == Op.STATUS && (call.code() == 401 || call.code() == 403)) {
                worker.quietUntil = call.at().plus(ACCESS_PAUSE);
            }
        }
        calls = all.size();
    }

    private void assertAllEnded() {
        for (Training training : trainings.subList(1, TRAININGS)) {
            assertThat(ended).as(seed + ": " + training).contains(training.request);
            assertThat(avatars.rows(
                            "SELECT type FROM avatar_event WHERE avatar_id = ? AND type IN ('completed', 'failed', 'cancelled')",
                            training.id.value()))
                    .as(seed + ": " + training)
                    .containsExactly(Map.of("type", training.event));
        }
        assertThat(avatars.row(trainings.get(0).id)).as(seed).containsEntry("status", "TRAINING");
        assertThat(avatars.count(
                        "SELECT count(*) FROM avatar_event WHERE type IN ('gave_up', 'invalid', 'write_refused')"))
                .as(seed)
                .isZero();
    }

    private void assertPausesEnded() {
        for (Colleague worker : workers) {
            worker.check.check(trainings.get(0).id, false);
            worker.look();
            assertThat(worker.fal.paused()).as(seed + ", " + worker.name).isEmpty();
            // A refused key that follows a rate limit without an answer in between writes a second event; one event
            // ends both.
            List<String> told = avatars
                    .rows(
                            "SELECT type FROM avatar_event WHERE type LIKE 'fal_%' AND worker = ? ORDER BY id",
                            worker.name)
                    .stream()
                    .map(row -> String.valueOf(row.get("type")))
                    .toList();
            if (!told.isEmpty()) {
                assertThat(told)
                        .as(seed + ", " + worker.name)
                        .startsWith("fal_paused")
                        .endsWith("fal_resumed");
            }
        }
    }

    @Override
    public void close() {
        workers.forEach(worker -> worker.fal.close());
        fal.close();
        fresh.close();
    }

    /** One worker: it has its own pause, and shares the database and the key with the others. */
    private final class Colleague {
        private final String name;
        private final FalClient fal;
        private final StatusCheck check;
        private Instant quietUntil = Instant.MIN;

        Colleague(String name) {
            this.name = name;
            AvatarStore store = AvatarStore.read(fresh.database(), Types.SHIPPED);
            EventLog events = new EventLog(fresh.database().dialect());
            PauseEvents pauses = new PauseEvents(
                    new EventWriter(fresh.database(), events, RandomRefusals.this.fal::now, name),
                    new PlatformApiTable(
                            fresh.database(),
                            store,
                            new EventWriter(fresh.database(), events, InstantSource.system(), name)),
                    endpoint -> List.of(),
                    endpoint -> false,
                    RandomRefusals.this.fal::now);
            this.fal = FalClient.open(
                    FalFixture.config(
                            RandomRefusals.this.fal.baseUri(), new FalKey("id:secret"), Duration.ofSeconds(10), 10_000),
                    Egress.DIRECT,
                    4,
                    LocalRateLimit.alone(10_000),
                    RandomRefusals.this.fal::now,
                    pauses,
                    pauses);
            this.check = new StatusCheck(
                    fresh.database(),
                    store,
                    new EventWriter(fresh.database(), events, RandomRefusals.this.fal::now, name),
                    fal,
                    TestRules.of(
                            Types.at(PORTRAITS, STYLES),
                            20,
                            Duration.ofMinutes(10),
                            new ModelRules(Types.lengths(500, 255), true)),
                    Duration.ofHours(1),
                    RandomRefusals.this.fal::now);
        }

        /** As a worker does every few seconds. */
        void look() {
            fal.expirePause();
        }
    }
}
