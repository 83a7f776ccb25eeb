package avatarmonitor.emulator;

import static avatarmonitor.emulator.Caller.PORTRAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.Caller.Answer;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Json;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Every fault, as a client on real sockets sees it. */
@Execution(ExecutionMode.CONCURRENT)
class FaultTest {
    @AutoClose
    private final FalEmulator emulator =
            FalEmulator.start(EmulatorConfig.local().withFrozenClock());

    @AutoClose
    private final Caller caller = new Caller(emulator.baseUri());

    @Test
    void faultEndsAfterItsNumberOfCalls() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        emulator.inject(Fault.unavailable().on(Op.STATUS).times(2));
        assertThat(caller.get(path).code()).isEqualTo(400);
        assertThat(caller.get(path + "/status").code()).isEqualTo(503);
        assertThat(caller.get(path + "/status").code()).isEqualTo(503);
        assertThat(caller.get(path + "/status").code()).isEqualTo(202);
    }

    @Test
    void faultWithoutANumberLastsUntilItIsCleared() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        int number = emulator.inject(Fault.unavailable());
        for (int call = 0; call < 5; call++) {
            assertThat(caller.get(path + "/status").code()).isEqualTo(503);
        }
        emulator.clearFault(number);
        assertThat(caller.get(path + "/status").code()).isEqualTo(202);
    }

    @Test
    void faultOfOneRequestLeavesOthersAloneAndComesFirst() throws IOException {
        String sick = caller.submit(PORTRAIT, "{}");
        String well = caller.submit(PORTRAIT, "{}");
        int all = emulator.inject(Fault.unavailable());
        emulator.inject(Fault.notFound().of(Caller.idOf(sick)));
        assertThat(caller.get(sick + "/status").code()).isEqualTo(404);
        assertThat(caller.get(well + "/status").code()).isEqualTo(503);
        emulator.clearFault(all);
        assertThat(caller.get(well + "/status").code()).isEqualTo(202);
        emulator.clearFaults();
        assertThat(caller.get(sick + "/status").code()).isEqualTo(202);
    }

    @Test
    void scenarioBringsItsOwnFaults() throws IOException {
        String path =
                caller.submit(PORTRAIT, "{\"faults\":[{\"kind\":\"unauthorized\",\"op\":\"status\",\"times\":1}]}");
        assertThat(caller.get(path + "/status").code()).isEqualTo(401);
        assertThat(caller.get(path + "/status").code()).isEqualTo(202);
    }

    @Test
    void rateLimitComesWithRetryAfterInBothForms() throws IOException {
        String path = caller.submit(PORTRAIT, "{}") + "/status";
        Duration wait = Duration.ofSeconds(7);
        emulator.inject(Fault.rateLimited(wait, Effect.RetryAfter.SECONDS).times(1));
        Answer seconds = caller.get(path);
        assertThat(seconds.code()).isEqualTo(429);
        assertThat(seconds.headers()).containsEntry("retry-after", "7");
        emulator.inject(Fault.rateLimited(wait, Effect.RetryAfter.DATE).times(1));
        Answer date = caller.get(path);
        assertThat(date.code()).isEqualTo(429);
        ZonedDateTime at = ZonedDateTime.parse(date.headers().get("retry-after"), DateTimeFormatter.RFC_1123_DATE_TIME);
        ZonedDateTime sent = ZonedDateTime.parse(date.headers().get("date"), DateTimeFormatter.RFC_1123_DATE_TIME);
        assertThat(Duration.between(sent, at)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(9));
        emulator.inject(Fault.rateLimited(wait, Effect.RetryAfter.NONE).times(1));
        assertThat(caller.get(path).headers()).doesNotContainKey("retry-after");
    }

    @Test
    void refusalsAndGatewayTroubleHaveTheFormsOfFal() throws IOException {
        String path = caller.submit(PORTRAIT, "{}") + "/status";
        assertThat(with(Fault.unauthorized(), path).text("detail")).isEqualTo("invalid key credentials");
        assertThat(with(Fault.forbidden(), path).code()).isEqualTo(403);
        assertThat(with(Fault.paymentRequired(), path).code()).isEqualTo(402);
        Answer gateway = with(Fault.badGateway(), path);
        assertThat(gateway.code()).isEqualTo(502);
        assertThat(gateway.headers()).containsEntry("content-type", "text/html").doesNotContainKey("x-fal-request-id");
        assertThat(gateway.body()).contains("nginx");
        Answer unavailable = with(Fault.unavailable(), path);
        assertThat(unavailable.code()).isEqualTo(503);
        assertThat(unavailable.json().has("detail")).isTrue();
    }

    @Test
    void accountsAndEndpointsAreRefusedInFalsWords() throws IOException {
        String path = caller.submit(PORTRAIT, "{}") + "/status";
        assertThat(with(Fault.locked(), path).text("detail")).isEqualTo("User is locked. Reason: Exhausted balance");
        assertThat(with(Fault.applicationNotFound("a/b"), path).text("detail"))
                .isEqualTo("Application \"a/b\" not found");
    }

    @Test
    void rightAnswersComeInFormsThatNobodyExpects() throws IOException {
        String path = caller.submit(PORTRAIT, "{}") + "/status";
        assertThat(with(Fault.gzip(), path).headers()).containsEntry("content-encoding", "gzip");
        assertThat(with(Fault.notANumber(), path).body()).startsWith("{\"emulator_loss\":NaN,\"status\":\"IN_");
        assertThat(with(Fault.hugeLogs(2_000_000), path).body()).hasSizeLessThan(1_000);
        assertThat(with(Fault.hugeLogs(2_000_000), path + "?logs=1").body()).hasSizeGreaterThan(2_000_000);
    }

    @Test
    void brokenAnswersLookLikeGoodOnes() throws IOException {
        String path = caller.submit(PORTRAIT, "{}") + "/status";
        Answer garbage = with(Fault.garbage(), path);
        assertThat(garbage.code()).isEqualTo(200);
        assertThat(Json.parse(garbage.body())).isEmpty();
        Answer empty = with(Fault.empty(), path);
        assertThat(empty.code()).isEqualTo(202);
        assertThat(empty.body()).isEmpty();
        Answer huge = with(Fault.with(new Effect.Huge(3_000_000)), path);
        assertThat(huge.body()).hasSize(3_000_000);
        Answer word = with(Fault.statusWord("PAUSED"), path);
        assertThat(word.text("status")).isEqualTo("PAUSED");
        assertThat(word.text("request_id")).isNotEmpty();
        Answer redirect = with(Fault.redirect("https://elsewhere.example.com/"), path);
        assertThat(redirect.code()).isEqualTo(302);
        assertThat(redirect.headers()).containsEntry("location", "https://elsewhere.example.com/");
    }

    @Test
    void droppedCallHasNoAnswerButIsCarriedOut() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        emulator.inject(Fault.drop().times(1));
        assertThatThrownBy(() -> caller.put(path + "/cancel", "")).isInstanceOf(NoHttpResponseException.class);
        assertThat(caller.get(path + "/status").text("error_type")).isEqualTo("client_cancelled");
        assertThat(emulator.calls(Op.CANCEL)).extracting(Call::code).containsExactly(0);
    }

    @Test
    void callThatIsAnsweredInsteadIsNotCarriedOut() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        for (Fault fault : List.of(Fault.unavailable(), Fault.with(new Effect.Huge(10)))) {
            emulator.inject(fault.times(1));
            caller.put(path + "/cancel", "");
        }
        emulator.inject(Fault.rateLimited(Duration.ZERO, Effect.RetryAfter.NONE).times(1));
        caller.put(path + "/cancel", "");
        assertThat(caller.get(path + "/status").text("status")).isEqualTo("IN_QUEUE");
    }

    @Test
    void cutAnswerBreaksOffInTheMiddle() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        emulator.inject(Fault.cut().times(1));
        assertThatThrownBy(() -> caller.get(path + "/status")).isInstanceOf(ConnectionClosedException.class);
        assertThat(caller.get(path + "/status").code()).isEqualTo(202);
    }

    @Test
    void hungCallIsNeverAnswered() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        emulator.inject(Fault.hang().times(1));
        assertThatThrownBy(() -> caller.get(path + "/status")).isInstanceOf(SocketTimeoutException.class);
        assertThat(emulator.calls(Op.STATUS)).extracting(Call::code).containsExactly(0);
        assertThat(caller.get(path + "/status").code()).isEqualTo(202);
    }

    @Test
    void delayedAnswerComesLaterAndMayBeABadOne() throws IOException {
        String path = caller.submit(PORTRAIT, "{}") + "/status";
        emulator.inject(Fault.delay(Duration.ofMillis(300), Duration.ofMillis(400)));
        emulator.inject(Fault.unavailable().times(1));
        for (int code : new int[] {503, 202}) {
            long asked = System.nanoTime();
            assertThat(caller.get(path).code()).isEqualTo(code);
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }
    }

    @Test
    void delayedAnswerTellsTheStateOfTheMomentWhenItWasAsked() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"queue_seconds\":0,\"run_seconds\":10}");
        emulator.inject(
                Fault.delay(Duration.ofMillis(500), Duration.ofMillis(500)).times(1));
        List<Answer> answers = new CopyOnWriteArrayList<>();
        Thread asking = new Thread(() -> {
            try {
                answers.add(caller.get(path + "/status"));
            } catch (IOException lost) {
                throw new IllegalStateException(lost);
            }
        });
        asking.start();
        await().until(() -> !emulator.calls(Op.STATUS).isEmpty());
        emulator.advance(Duration.ofSeconds(10));
        await().until(() -> !answers.isEmpty());
        assertThat(answers.get(0).text("status")).isEqualTo("IN_PROGRESS");
        assertThat(caller.get(path + "/status").text("status")).isEqualTo("COMPLETED");
    }

    @Test
    void drippedAnswerComesByteByByte() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        emulator.inject(Fault.with(new Effect.Drip(Duration.ofMillis(40))).times(1));
        URI base = emulator.baseUri();
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            socket.setSoTimeout(3000);
            String call = "GET " + path + "/status HTTP/1.1\r\nHost: x\r\nAuthorization: Key k\r\n\r\n";
            socket.getOutputStream().write(call.getBytes(StandardCharsets.US_ASCII));
            readUntil(socket.getInputStream(), "\r\n\r\n");
            long started = System.nanoTime();
            readUntil(socket.getInputStream(), "{\"status\":");
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(200));
        }
    }

    @Test
    void unauthorizedCallUsesUpNoFault() throws IOException {
        String path = caller.submit(PORTRAIT, "{}") + "/status";
        emulator.inject(Fault.unavailable().times(1));
        assertThat(caller.call("GET", path, "", Map.of()).code()).isEqualTo(401);
        assertThat(caller.get(path).code()).isEqualTo(503);
    }

    private Answer with(Fault fault, String path) throws IOException {
        emulator.inject(fault.times(1));
        return caller.get(path);
    }

    private static void readUntil(InputStream stream, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        while (!read.toString().endsWith(end)) {
            int next = stream.read();
            if (next < 0) {
                throw new IOException("ended after " + read);
            }
            read.append((char) next);
        }
    }
}
