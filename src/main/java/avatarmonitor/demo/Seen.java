package avatarmonitor.demo;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One avatar at one instant: its row, what the worker knows and did, and what the fal queue was asked.
 *
 * @param type as the application writes it
 * @param status as it stands in the row
 * @param progress percent; null while fal told none
 * @param falStatus what the worker's last check saw; null before the first
 * @param lastEventRequest request that the last event is about
 * @param events types of its events in order
 * @param checks checks of its present request, counted by the workers
 * @param questions status questions that reached fal about it, counted by fal
 * @param resultGiven whether fal gave out the result of its present request
 */
public record Seen(
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
        int questions,
        boolean resultGiven) {

    /** Puts together what database and fal queue tell. */
    static Seen of(Role role, Application.Row row, LocalFal fal) {
        Map<String, @Nullable String> avatar = row.avatar();
        List<Application.Event> events = row.events();
        String requestId = avatar.get("fal_request_id");
        return new Seen(
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
                row.watch().get("last_fal_status"),
                number(row.watch().get("queue_position")),
                events.isEmpty() ? null : events.get(events.size() - 1).requestId(),
                events.stream().map(Application.Event::type).toList(),
                Objects.requireNonNullElse(number(row.watch().get("checks")), 0),
                fal.questions(role),
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

    /** What fal said last, for people. */
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

    /** The same without what changes with every check. */
    public String phaseAtFal() {
        return falStatus == null ? "-" : falStatus;
    }

    /** What happened to it last, for people. */
    public String happened() {
        if (status.equalsIgnoreCase("CANCELLED") && !lastEvent().equals("cancelled")) {
            return "user cancelled: untouched";
        }
        boolean newRequest = lastEventRequest != null && !lastEventRequest.equals(requestId);
        if (newRequest && isTraining()) {
            return "new request, unwatched";
        }
        return switch (lastEvent()) {
            case "" -> "nobody watches it yet";
            case "watching" -> "watched";
            case "restored" -> "watched again";
            case "superseded" -> "new request watched";
            case "window_expired" -> "window over";
            case "stalled" -> "stalled: too old";
            case "invalid" -> "not sent to fal: " + requestId;
            case "completed" -> model.words() + " stored";
            case "failed" -> String.valueOf(error);
            case "cancelled" -> "cancelled at fal";
            default -> lastEvent().replace('_', ' ');
        };
    }

    /** How it stands at the end, for people. */
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
