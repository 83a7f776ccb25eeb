package avatarmonitor.emulator;

import avatarmonitor.emulator.http.Endpoint;
import avatarmonitor.emulator.http.Json;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The trainers that fal offers and the output of each (docs/fal-contract.md section 6), from the resource {@code
 * emulator/trainers.json}. An endpoint that ends in {@code *} matches by prefix.
 */
final class Trainers {
    private static final String RESOURCE = "/emulator/trainers.json";
    private static final List<Trainer> TABLE = load();

    /**
     * Trainers with the same output.
     *
     * @param output kind of each member: {@code file NAME}, {@code files NAME} (a list of one), {@code id}, {@code
     *     none} (an empty list) or {@code null}
     * @param retired whether fal no longer offers them
     */
    record Trainer(Map<String, String> output, List<String> endpoints, boolean retired) {}

    private Trainers() {}

    /**
     * Returns the trainer with this endpoint id. An id without a sub path, as in the queue's own URLs, also finds the
     * first trainer of that application; an id with an unknown sub path finds none.
     */
    static Optional<Trainer> find(String endpointId) {
        Optional<Trainer> exact = first(endpointId, false);
        return exact.isPresent() || !Endpoint.app(endpointId).equals(endpointId) ? exact : first(endpointId, true);
    }

    /** Output of an endpoint that is not in the table: the files of a portrait. */
    static Map<String, String> usualOutput() {
        return TABLE.get(0).output;
    }

    private static Optional<Trainer> first(String endpointId, boolean anyOfTheApp) {
        for (Trainer trainer : TABLE) {
            for (String known : trainer.endpoints) {
                boolean matches = known.endsWith("*")
                        ? endpointId.startsWith(known.substring(0, known.length() - 1))
                        : known.equals(endpointId);
                if (matches || (anyOfTheApp && known.startsWith(endpointId + "/"))) {
                    return Optional.of(trainer);
                }
            }
        }
        return Optional.empty();
    }

    private static List<Trainer> load() {
        InputStream resource = Objects.requireNonNull(Trainers.class.getResourceAsStream(RESOURCE), RESOURCE);
        try (Reader reader = new InputStreamReader(resource, StandardCharsets.UTF_8)) {
            return new ArrayList<>(Json.GSON.fromJson(reader, new TypeToken<List<Trainer>>() {}));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(RESOURCE, unreadable);
        }
    }
}
