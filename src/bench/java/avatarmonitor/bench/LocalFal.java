package avatarmonitor.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A local fal queue in a separate process, in which trainings never end. */
final class LocalFal implements AutoCloseable {
    /** Default time of an answer. */
    static final int ANSWER_MILLIS = 50;

    private static final int START_SECONDS = 60;
    private static final int AT_ONCE = 5_000;
    private static final Pattern ADDRESS = Pattern.compile("emulator at (http://\\S+)");

    private final Program program;
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;

    private LocalFal(Program program, URI address) {
        this.program = program;
        this.address = address;
    }

    /**
     * @param trainings it has the requests {@code 1..trainings}, named by {@link Names}
     * @param answerMillis duration of each answer
     */
    static LocalFal start(Path directory, int trainings, int answerMillis) throws IOException, InterruptedException {
        Program program = Program.start(directory, Map.of(), "fal-emulator", "--port", "0");
        if (!program.await(
                START_SECONDS, () -> ADDRESS.matcher(program.output()).find())) {
            program.close();
            throw new IllegalStateException("the local fal queue does not start: " + program.output());
        }
        Matcher address = ADDRESS.matcher(program.output());
        address.find();
        LocalFal fal = new LocalFal(program, URI.create(address.group(1)));
        fal.send("PUT", "/_emulator/scenario", "{\"queue_seconds\":0,\"stall\":\"in_progress\",\"steps\":10}");
        for (int from = 1; from <= trainings; from += AT_ONCE) {
            String requests = IntStream.range(from, Math.min(trainings + 1, from + AT_ONCE))
                    .mapToObj(n -> "{\"request_id\":\"" + Names.of(n) + "\"}")
                    .collect(Collectors.joining(","));
            fal.send("POST", "/_emulator/requests", "{\"requests\":[" + requests + "]}");
        }
        double seconds = answerMillis / 1000.0;
        String delay = "{\"kind\":\"delay\",\"least_seconds\":" + seconds + ",\"most_seconds\":" + seconds + "}";
        fal.send("POST", "/_emulator/faults", delay);
        return fal;
    }

    String address() {
        return address.toString();
    }

    private void send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    @Override
    public void close() throws InterruptedException {
        program.close();
    }
}
