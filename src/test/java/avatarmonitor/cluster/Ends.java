package avatarmonitor.cluster;

import avatarmonitor.emulator.Call;
import avatarmonitor.testing.Avatars;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies that each avatar ended as fal reported, exactly once: its row, its events and the number of writes. */
final class Ends {
    private static final Set<String> TERMINAL = Set.of("completed", "failed", "cancelled");

    private final Map<String, Map<String, @Nullable String>> rows = new HashMap<>();
    private final Map<String, List<Map<String, @Nullable String>>> events;
    private final Map<String, List<Map<String, @Nullable String>>> writes;

    /** Reads the database once; requires {@link StatusAudit}. */
    Ends(Avatars avatars) {
        for (Map<String, @Nullable String> row : avatars.rows("""
                SELECT id, status, training_error, finetune_id, diffusers_lora_file_url, config_file_url FROM avatars""")) {
            rows.put(String.valueOf(row.get("id")), row);
        }
        events = byAvatar(avatars.rows("""
                SELECT avatar_id, at, type, worker, fal_request_id FROM avatar_event
                WHERE avatar_id IS NOT NULL ORDER BY id"""));
        writes = byAvatar(avatars.rows("""
                        SELECT avatar_id, at, old_status, new_status, worker,
                               CAST(EXTRACT(EPOCH FROM at) * 1000 AS bigint) AS millis
                        FROM avatar_audit ORDER BY id"""));
    }

    /** Returns all problems with the end of this training. */
    List<String> problems(Training training) {
        List<String> problems = new ArrayList<>();
        String id = training.avatar().toString();
        Map<String, @Nullable String> row = rows.getOrDefault(id, Map.of());
        training.end().columns(training.request(), training.style()).forEach((column, wanted) -> {
            if (!Objects.equals(row.get(column), wanted)) {
                problems.add(column + " is " + row.get(column) + " and not " + wanted);
            }
        });
        String reason = training.end().error(training.request());
        String error = row.get("training_error");
        if (reason == null ? error != null : error == null || !error.contains(reason)) {
            problems.add(
                    "training_error is " + error + (reason == null ? " and not NULL" : " and does not tell " + reason));
        }
        List<String> told = events.getOrDefault(id, List.of()).stream()
                .map(event -> String.valueOf(event.get("type")))
                .filter(TERMINAL::contains)
                .toList();
        if (!told.equals(List.of(training.end().event()))) {
            problems.add("events tell its end as " + told + " and not once as "
                    + training.end().event());
        }
        int written = writes.getOrDefault(id, List.of()).size();
        if (written != 1) {
            problems.add("its end was written " + written + " times and not once");
        }
        return problems;
    }

    /**
     * Returns whether a request was sent after the training had ended: a frozen worker only detects that by its own
     * write.
     */
    boolean over(Training training, Call call) {
        List<Map<String, @Nullable String>> written =
                writes.getOrDefault(training.avatar().toString(), List.of());
        return !written.isEmpty()
                && call.at().toEpochMilli()
                        > Long.parseLong(String.valueOf(written.get(0).get("millis")));
    }

    /** Returns the recorded history of this training. */
    String history(Training training) {
        String id = training.avatar().toString();
        return "row " + rows.get(id) + "\n  events " + events.getOrDefault(id, List.of()) + "\n  writes at the end "
                + writes.getOrDefault(id, List.of());
    }

    private static Map<String, List<Map<String, @Nullable String>>> byAvatar(List<Map<String, @Nullable String>> rows) {
        Map<String, List<Map<String, @Nullable String>>> sorted = new HashMap<>();
        for (Map<String, @Nullable String> row : rows) {
            sorted.computeIfAbsent(String.valueOf(row.get("avatar_id")), any -> new ArrayList<>())
                    .add(row);
        }
        return sorted;
    }
}
