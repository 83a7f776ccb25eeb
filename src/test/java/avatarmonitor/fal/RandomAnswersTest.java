package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Output;
import avatarmonitor.fal.answer.FalJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Random responses: there is always an answer in time, and never an output that the server did not send. */
class RandomAnswersTest {
    private static final int ROUNDS = 10_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final String[] BODIES = {
        "{\"status\":\"IN_QUEUE\",\"request_id\":\"" + FalFixture.ID + "\",\"queue_position\":3}",
        "{\"status\":\"IN_PROGRESS\",\"logs\":[{\"message\":\"step 1/9\",\"level\":\"INFO\"}]}",
        "{\"status\":\"COMPLETED\",\"error\":\"x\",\"error_type\":\"runner_disconnected\"}",
        "{\"status\":\"COMPLETED\",\"metrics\":{\"inference_time\":3.5}}",
        "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"m\",\"type\":\"t\",\"input\":null}]}",
        "{\"detail\":\"text\",\"error_type\":\"client_cancelled\"}",
        "{\"diffusers_lora_file\":{\"url\":\"https://a/b\"},\"config_file\":{\"url\":\"https://a/c\"}}",
        "{\"finetune_id\":\"f\",\"finetune_id\":null,\"x\":1e999999999}",
        "<html><body>502 Bad Gateway nginx</body></html>",
        "[{\"status\":\"COMPLETED\"}]",
        "{\"a\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}",
        "null",
        ""
    };
    private static final int[] CODES = {
        100, 103, 200, 200, 200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 405, 422, 429, 499, 500, 502, 503, 504,
        999
    };
    private static final String[] HEADERS = {
        "Content-Type: application/json",
        "Content-Type: text/html",
        "Retry-After: 5",
        "Retry-After: never",
        "X-Fal-Error-Type: runner_disconnected",
        "X-Fal-Needs-Retry: 1",
        "Content-Encoding: gzip",
        "Location: http://127.0.0.1:1/",
        "Set-Cookie: a=b; Domain=.",
        "WWW-Authenticate: Basic realm=\"x\"",
        "no colon here",
        ": no name",
        "Content-Length: -1",
        "Content-Length: abc",
        "Transfer-Encoding: gzip"
    };

    @Test
    void everyAnswerIsAnAnswer() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("RandomAnswersTest seed=" + seed);
        Random random = new Random(seed);
        AtomicReference<byte[]> next = new AtomicReference<>(new byte[0]);
        int outputs = 0;
        try (RawServer server = new RawServer((socket, self) -> {
                    RawServer.readHead(socket);
                    socket.getOutputStream().write(next.get());
                });
                HttpFalQueue queue = FalFixture.http(server.url(), LIMIT)) {
            for (int round = 0; round < ROUNDS; round++) {
                String response = response(random);
                next.set(response.getBytes(StandardCharsets.ISO_8859_1));
                long started = System.nanoTime();
                FalAnswer answer = switch (random.nextInt(3)) {
                    case 0 -> queue.status(FalFixture.REQUEST);
                    case 1 -> queue.cancel(FalFixture.REQUEST);
                    default -> queue.result(FalFixture.REQUEST);
                };
                assertThat(Duration.ofNanos(System.nanoTime() - started))
                        .as("seed %d round %d response %s", seed, round, response)
                        .isLessThan(LIMIT.plusSeconds(20));
                assertThat(answer).as("seed %d round %d", seed, round).isNotNull();
                if (answer instanceof Output output) {
                    outputs++;
                    assertThat(response).as("seed %d round %d", seed, round).contains("HTTP/1.1 200 ");
                    assertThat(FalJson.parse(body(response)))
                            .as("seed %d round %d", seed, round)
                            .isEqualTo(output.body());
                }
            }
        }
        assertThat(outputs)
                .as("some answers were outputs, or this test proves nothing")
                .isPositive();
    }

    /** The framing is valid in most responses; the rest tests the client's parser. */
    private static String response(Random random) {
        String body = mutated(BODIES[random.nextInt(BODIES.length)], random);
        StringBuilder response = new StringBuilder("HTTP/1.1 ")
                .append(CODES[random.nextInt(CODES.length)])
                .append(" Whatever\r\n");
        for (int i = random.nextInt(4); i > 0; i--) {
            // Odd header lines are rare, since otherwise no response would be parsed.
            int known = random.nextInt(8) == 0 ? HEADERS.length : HEADERS.length - 5;
            response.append(HEADERS[random.nextInt(known)]).append("\r\n");
        }
        if (random.nextInt(4) > 0) {
            response.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        response.append("Connection: close\r\n\r\n").append(body);
        if (random.nextInt(10) == 0) {
            response.setLength(random.nextInt(response.length()));
        }
        return response.toString();
    }

    private static String mutated(String body, Random random) {
        StringBuilder mutated = new StringBuilder(body);
        for (int i = random.nextInt(4) == 0 ? random.nextInt(5) : 0; i > 0 && mutated.length() > 0; i--) {
            int at = random.nextInt(mutated.length());
            switch (random.nextInt(3)) {
                case 0 -> mutated.setCharAt(at, (char) random.nextInt(256));
                case 1 -> mutated.deleteCharAt(at);
                default -> mutated.insert(at, "{}[]\":,\\0eE-".charAt(random.nextInt(12)));
            }
        }
        return mutated.toString();
    }

    private static String body(String response) {
        byte[] bytes = response.substring(response.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
