package avatarmonitor.demo;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Snapshot of one avatar: its row, the worker's state of it and the requests that fal received.
 *
 * @param type as the application writes it
 * @param status as stored in the row
 * @param progress percent; null while fal has reported none
 * @param falStatus status found by the last check; null before the first
 * @param lastEventRequest request id of the last event
 * @param events types of its events in order
 * @param checks number of checks of its current request, counted by the workers
 * @param statusRequests number of status requests about it, counted by fal
 * @param resultGiven whether fal returned the result of its current request
 */
public record DemoSnapshot(
        String name,
        String type,
        String status,
        @Nullable String requestId,
        @Nullable Integer progress,
        @Nullable String error,
        Model model,
        @Nullable String falStatus,
        @Nullable Integer queuePosition,
        @Nullable String lastEventRequest,
        List<String> events,
        int checks,
        int statusRequests,
        boolean resultGiven) {

    /** Combines the database state and the records of the fal queue. */
    static DemoSnapshot of(DemoAvatar role, Application.Row row, LocalFal fal) {
        Map<String, @Nullable String> avatar = row.avatar();
        List<Application.Event> events = row.events();
        String requestId = avatar.get("fal_request_id");
        return new DemoSnapshot(
                role.name(),
                role.type(),
                String.valueOf(avatar.get("status")),
                requestId,
                number(avatar.get("training_progress")),
                avatar.get("training_error"),
                new Model(
                        avatar.get("diffusers_lora_file_url"),
                        avatar.get("config_file_url"),
                        avatar.get("finetune_id")),
                row.monitoring().get("last_fal_status"),
                number(row.monitoring().get("queue_position")),
                events.isEmpty() ? null : events.get(events.size() - 1).requestId(),
                events.stream().map(Application.Event::type).toList(),
                Objects.requireNonNullElse(number(row.monitoring().get("checks")), 0),
                fal.statusRequests(role),
                requestId != null && fal.gaveResult(requestId));
    }

    private static @Nullable Integer number(@Nullable String text) {
        return text == null ? null : Integer.valueOf(text);
    }

    public boolean isTraining() {
        return status.equalsIgnoreCase("TRAINING");
    }

    String lastEvent() {
        return events.isEmpty() ? "" : events.get(events.size() - 1);
    }

    /** Last status reported by fal, for display. */
    public String atFal() {
        if (falStatus == null) {
            return "-";
        } else if (queuePosition != null && falStatus.equals("IN_QUEUE")) {
            return "IN_QUEUE " + queuePosition;
        } else if (progress != null && falStatus.equals("IN_PROGRESS")) {
            return "IN_PROGRESS " + progress + "%";
        }
        return falStatus;
    }

    /** Same as {@link #atFal} without queue position and progress, which change with every check. */
    public String phaseAtFal() {
        return falStatus == null ? "-" : falStatus;
    }

    /** Last thing that happened to the avatar, for display. */
    public String happened() {
        if (status.equalsIgnoreCase("CANCELLED") && !lastEvent().equals("cancelled")) {
            return "user cancelled: untouched";
        }
        boolean newRequest = lastEventRequest != null && !lastEventRequest.equals(requestId);
        if (newRequest && isTraining()) {
            return "new request, unmonitored";
        }
        return switch (lastEvent()) {
            case "" -> "not monitored yet";
            case "watching" -> "monitored";
            case "restored" -> "monitored again";
            case "superseded" -> "new request monitored";
            case "window_expired" -> "window over";
            case "stalled" -> "stalled: too old";
            case "invalid" -> "not sent to fal: " + requestId;
            case "completed" -> model.words() + " stored";
            case "failed" -> String.valueOf(error);
            case "cancelled" -> "cancelled at fal";
            default -> lastEvent().replace('_', ' ');
        };
    }

    /** Final state, for display. */
    String ending() {
        String upper = status.toUpperCase(Locale.ROOT);
        return switch (upper) {
            case "COMPLETED" -> upper + ", " + model.words();
            case "ERROR" -> upper + ": " + error;
            case "CANCELLED" -> upper + (events.contains("cancelled") ? " at fal" : " by the user");
            default -> upper + ", " + happened();
        };
    }
}
