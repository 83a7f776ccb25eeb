package avatarmonitor.emulator;

import static avatarmonitor.emulator.Caller.PORTRAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.http.Wire;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Faults;
import avatarmonitor.emulator.scenario.Scenario;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

class EmulatorLimitsTest {
    private static final EmulatorConfig.Limits TINY = new EmulatorConfig.Limits(3, 3, 2, 1, 1);

    @Test
    void fullBookDropsItsOldestFinishedRequestAndNoOther() throws IOException {
        try (FalEmulator emulator = FalEmulator.start(EmulatorConfig.local().withLimits(TINY));
                Caller caller = new Caller(emulator.baseUri())) {
            String unfinished = caller.submit(PORTRAIT, "{\"stall\":\"in_queue\"}");
            String finished = caller.submit(PORTRAIT, "{\"queue_seconds\":0,\"run_seconds\":0}");
            caller.submit(PORTRAIT, "{\"stall\":\"in_queue\"}");
            caller.submit(PORTRAIT, "{\"stall\":\"in_queue\"}");
            assertThat(caller.get(unfinished + "/status").code()).isEqualTo(202);
            assertThat(caller.get(finished + "/status").code()).isEqualTo(404);
            assertThat(caller.post(PORTRAIT, "{}").code()).isEqualTo(503);
            assertThatThrownBy(() -> emulator.register("a/b", "one-more", Scenario.standard()))
                    .hasMessageContaining("FULL");
        }
    }

    @Test
    void droppedRequestTakesItsFaultsAlong() {
        Faults faults = new Faults(2, new Random(1));
        faults.add(Fault.hang().of("a"));
        faults.add(Fault.hang().of("a"));
        assertThat(faults.add(Fault.hang())).isEmpty();
        faults.forget("a");
        assertThat(faults.add(Fault.hang())).isPresent();
        assertThat(faults.list()).hasSize(1);
    }

    @Test
    void requestWithMoreFaultsThanThereIsRoomForIsNotTakenIn() throws IOException {
        try (FalEmulator emulator = FalEmulator.start(EmulatorConfig.local().withLimits(TINY));
                Caller caller = new Caller(emulator.baseUri())) {
            Scenario greedy = Scenario.standard().withFaults(List.of(Fault.hang(), Fault.hang(), Fault.hang()));
            assertThatThrownBy(() -> emulator.register("a/b", "greedy", greedy)).hasMessageContaining("at most 2");
            assertThat(caller.get("/a/b/requests/greedy").code()).isEqualTo(404);
            emulator.register("a/b", "modest", Scenario.standard().withFaults(List.of(Fault.hang(), Fault.hang())));
        }
    }

    @Test
    void callLogKeepsTheLatest() throws IOException {
        try (FalEmulator emulator = FalEmulator.start(EmulatorConfig.local().withLimits(TINY));
                Caller caller = new Caller(emulator.baseUri())) {
            for (int call = 0; call < 5; call++) {
                caller.get("/a/b/requests/r" + call);
            }
            assertThat(emulator.calls()).extracting(Call::requestId).containsExactly("r2", "r3", "r4");
        }
    }

    @Test
    void answersThatCannotBeHeldAreReportedSo() {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            List<String> ran = new CopyOnWriteArrayList<>();
            Wire wire = new Wire(Runnable::run, timer, 1);
            assertThat(wire.after(Duration.ofMillis(50), () -> ran.add("held"))).isTrue();
            assertThat(wire.after(Duration.ofMillis(50), () -> ran.add("refused")))
                    .isFalse();
            await().until(() -> ran.contains("held"));
            assertThat(wire.after(Duration.ZERO, () -> ran.add("next"))).isTrue();
            await().until(() -> ran.contains("next"));
            assertThat(ran).containsExactly("held", "next");
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void hundredsOfSlowAnswersNeedFewThreads() throws Exception {
        try (FalEmulator emulator = FalEmulator.start(EmulatorConfig.local())) {
            emulator.inject(Fault.delay(Duration.ofSeconds(1), Duration.ofSeconds(1)));
            List<Socket> sockets = new ArrayList<>();
            try {
                long started = System.nanoTime();
                for (int call = 0; call < 600; call++) {
                    Socket socket = new Socket(
                            emulator.baseUri().getHost(), emulator.baseUri().getPort());
                    socket.setSoTimeout(10_000);
                    sockets.add(socket);
                    socket.getOutputStream()
                            .write("GET /a/b/requests/r HTTP/1.1\r\nHost: x\r\nAuthorization: Key k\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                }
                for (Socket socket : sockets) {
                    assertThat(socket.getInputStream().read()).isEqualTo('H');
                }
                // One thread for each answer would take 600 / 32 x 1 s = 18 s.
                assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(15));
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void slowSenderStopsNobodyElse() throws Exception {
        try (FalEmulator emulator = FalEmulator.start(EmulatorConfig.local());
                Caller caller = new Caller(emulator.baseUri());
                Socket slow = new Socket(
                        emulator.baseUri().getHost(), emulator.baseUri().getPort())) {
            slow.getOutputStream()
                    .write("POST /a/b HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(caller.post(PORTRAIT, "{}").code()).isEqualTo(200);
        }
    }

    @Test
    void closedEmulatorLeavesNoThread() throws IOException {
        FalEmulator emulator = FalEmulator.start(EmulatorConfig.local());
        try (Caller caller = new Caller(emulator.baseUri())) {
            caller.submit(PORTRAIT, "{}");
        }
        emulator.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("fal-emulator")));
    }

    @Test
    void takenPortIsReportedAndLeavesNoThread() {
        try (FalEmulator first = FalEmulator.start(EmulatorConfig.local())) {
            int port = first.baseUri().getPort();
            EmulatorConfig same = EmulatorConfig.local().withAddress("127.0.0.1", port);
            assertThatThrownBy(() -> FalEmulator.start(same))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1:" + port);
        }
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("fal-emulator")));
    }
}
