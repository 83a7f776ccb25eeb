package avatarmonitor.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Random fal server: draws every answer from a seed, often nearly valid, sometimes valid, sometimes not even HTTP. */
final class RandomFal implements AutoCloseable {
    private static final String[] STATUSES = {
        "{\"status\":\"IN_QUEUE\",\"queue_position\":3}",
        "{\"status\":\"IN_PROGRESS\",\"logs\":[{\"message\":\"step 20/2500\",\"level\":\"INFO\"}]}",
        "{\"status\":\"COMPLETED\",\"metrics\":{\"inference_time\":3.5}}",
        "{\"status\":\"COMPLETED\",\"metrics\":{}}",
        "{\"status\":\"COMPLETED\",\"metrics\":{}}",
        "{\"status\":\"COMPLETED\",\"error\":\"Runner lost\",\"error_type\":\"runner_disconnected\"}",
        "{\"status\":\"COMPLETED\",\"error\":\"Request was cancelled\",\"error_type\":\"client_cancelled\"}",
        "{\"status\":\"PONDERING\"}"
    };
    private static final String[] RESULTS = {
        "{\"diffusers_lora_file\":{\"url\":\"https://files.example.com/a.safetensors\",\"file_size\":9},"
                + "\"config_file\":{\"url\":\"https://files.example.com/c.json\"}}",
        "{\"finetune_id\":\"0b8f2a4c-style\"}",
        "{\"diffusers_lora_file\":{\"url\":\"https://files.example.com/a\"},"
                + "\"config_file\":{\"url\":\"https://files.example.com/c\"},\"finetune_id\":\"both\"}",
        "{\"diffusers_lora_file\":{\"file_size\":9},\"config_file\":{\"url\":\"https://files.example.com/c.json\"}}",
        "{\"diffusers_lora_file\":{\"url\":\"https://files.example.com/a\"},\"config_file\":{\"url\":null}}",
        "{\"diffusers_lora_file\":{\"url\":\"ftp://files.example.com/a\"},\"config_file\":{\"url\":\"https:/c\"}}",
        "{\"finetune_id\":\"\"}",
        "{\"finetune_id\":{\"id\":7}}",
        "{\"images\":[]}",
        "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"too small\",\"type\":\"image_too_small\"}]}",
        "{\"detail\":\"Request was cancelled\",\"error_type\":\"client_cancelled\"}",
        "<html><body>502 Bad Gateway nginx</body></html>",
        "null",
        ""
    };
    private static final int[] STATUS_CODES = {
        200, 200, 200, 200, 200, 200, 200, 200, 202, 202, 202, 202, 404, 401, 403, 429, 500, 502, 302, 204
    };
    private static final int[] RESULT_CODES = {
        200, 200, 200, 200, 200, 200, 200, 200, 201, 400, 404, 422, 429, 499, 500, 503, 304
    };
    private static final String[] HEADERS = {
        "Content-Type: application/json",
        "Content-Type: text/html",
        "Retry-After: 2",
        "Retry-After: soon",
        "X-Fal-Error-Type: client_cancelled",
        "X-Fal-Retryable: true",
        "Location: https://example.com/"
    };
    private static final String SYNTAX = "{}[]\":,\\0eE-./ ";

    /** An answer as sent. */
    record Sent(int code, String body) {}

    private final Random random;
    private final ServerSocket listening;
    private final Thread thread;
    private final AtomicInteger answers = new AtomicInteger();
    private volatile Sent lastResult = new Sent(0, "");

    RandomFal(Random random) {
        this.random = random;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = new Thread(this::serve, "random-fal");
        thread.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    int answers() {
        return answers.get();
    }

    /** Returns the latest answer to a result request. */
    Sent lastResult() {
        return lastResult;
    }

    private void serve() {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept()) {
                BufferedReader head =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                String question = head.readLine();
                for (String line = question; line != null && !line.isEmpty(); line = head.readLine()) {
                    // The rest of the head does not matter here.
                }
                if (question != null) {
                    socket.getOutputStream().write(answer(question.contains("/status")));
                }
            } catch (IOException gone) {
                // The client disconnected, or the test is over.
            }
        }
    }

    private byte[] answer(boolean status) {
        String body = mutated(status ? pick(STATUSES) : pick(RESULTS));
        int code = status ? pick(STATUS_CODES) : pick(RESULT_CODES);
        if (!status) {
            lastResult = new Sent(code, body);
        }
        StringBuilder answer = new StringBuilder("HTTP/1.1 ").append(code).append(" So\r\n");
        for (int i = random.nextInt(3); i > 0; i--) {
            answer.append(pick(HEADERS)).append("\r\n");
        }
        answer.append("Content-Length: ").append(body.length()).append("\r\nConnection: close\r\n\r\n");
        answer.append(body);
        if (random.nextInt(20) == 0) {
            answer.setLength(random.nextInt(answer.length()));
        }
        answers.incrementAndGet();
        return answer.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Mutates half of the bodies by removing, adding or changing a few characters. */
    private String mutated(String body) {
        StringBuilder mutated = new StringBuilder(body);
        for (int i = random.nextBoolean() ? 1 + random.nextInt(3) : 0; i > 0 && mutated.length() > 0; i--) {
            int at = random.nextInt(mutated.length());
            switch (random.nextInt(3)) {
                case 0 -> mutated.setCharAt(at, (char) (' ' + random.nextInt(95)));
                case 1 -> mutated.deleteCharAt(at);
                default -> mutated.insert(at, SYNTAX.charAt(random.nextInt(SYNTAX.length())));
            }
        }
        return mutated.toString();
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }

    private int pick(int[] from) {
        return from[random.nextInt(from.length)];
    }

    @Override
    public void close() throws Exception {
        listening.close();
        thread.join();
    }
}
