package avatarmonitor.fal.answer;

import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Parses fal's {@code detail}, which may be text, a list of entries or an object (docs/fal-contract.md section 1, "Body
 * shapes").
 */
final class ErrorDetail {
    /** Limit of entries; further ones would be truncated anyway. */
    private static final int ENTRIES_MAX = 5;

    private ErrorDetail() {}

    /**
     * Describes the error in one line of bounded length. Omits the {@code input} of an entry, which contains the user's
     * data.
     */
    static String describe(JsonElement detail) {
        return UntrustedText.line(
                detail instanceof JsonArray entries
                        ? joined(entries, "; ", ErrorDetail::describeEntry)
                        : describeEntry(detail));
    }

    private static String joined(JsonArray entries, String separator, Function<JsonElement, String> text) {
        return entries.asList().stream().limit(ENTRIES_MAX).map(text).collect(Collectors.joining(separator));
    }

    /** Members in which fal, models and gateways report errors; fal's own comes first. */
    private static final List<String> COMPLAINTS = List.of("detail", "error", "message");

    /**
     * Returns the error that a body reports: its {@code detail}, or else another known member; empty when there is
     * none.
     */
    static String complaint(JsonObject body) {
        return COMPLAINTS.stream()
                .map(body::get)
                .filter(ErrorDetail::says)
                .findFirst()
                .map(ErrorDetail::describe)
                .orElse("");
    }

    /**
     * Returns whether a {@code detail}, {@code error} or {@code error_type} reports an error. {@code null}, {@code
     * false}, 0, blank text, and containers of only these mean "no error".
     */
    static boolean says(@Nullable JsonElement detail) {
        if (detail == null || detail.isJsonNull()) {
            return false;
        }
        if (detail instanceof JsonArray entries) {
            return entries.asList().stream().anyMatch(ErrorDetail::says);
        }
        if (detail instanceof JsonObject object) {
            return object.asMap().values().stream().anyMatch(ErrorDetail::says);
        }
        String text = UntrustedText.line(detail.getAsString());
        return !text.isEmpty() && !(isNothing(text) && !FalJson.isString(detail));
    }

    private static boolean isNothing(String text) {
        return text.equals("false") || text.equals("0") || text.equals("0.0");
    }

    private static String describeEntry(JsonElement entry) {
        if (FalJson.isString(entry)) {
            return entry.getAsString();
        }
        if (!(entry instanceof JsonObject object)) {
            return entry.toString();
        }
        String message = message(object);
        String place = place(object.get("loc"));
        return message.isEmpty() ? withoutInput(object) : place.isEmpty() ? message : place + ": " + message;
    }

    private static String message(JsonObject entry) {
        String message = FalJson.string(entry, "msg");
        return message.isEmpty() ? FalJson.string(entry, "message") : message;
    }

    private static String place(@Nullable JsonElement loc) {
        return loc instanceof JsonArray parts
                ? joined(parts, ".", part -> FalJson.isString(part) ? part.getAsString() : part.toString())
                : "";
    }

    private static String withoutInput(JsonObject entry) {
        JsonObject shown = entry.deepCopy();
        shown.remove("input");
        return shown.toString();
    }

    /** Returns the type of the first entry that names one; empty when none does. */
    static String type(@Nullable JsonElement detail) {
        return entries(detail)
                .map(entry -> FalJson.string(entry, "type"))
                .filter(type -> !type.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Returns whether this is a model error: a list with an entry that has both a message and a type. */
    static boolean isModelError(@Nullable JsonElement detail) {
        return entries(detail)
                .anyMatch(entry -> !message(entry).isEmpty()
                        && !FalJson.string(entry, "type").isEmpty());
    }

    /** Returns whether this is a list with an entry that has a message. */
    static boolean hasMessage(@Nullable JsonElement detail) {
        return entries(detail).anyMatch(entry -> !message(entry).isEmpty());
    }

    private static Stream<JsonObject> entries(@Nullable JsonElement detail) {
        return detail instanceof JsonArray entries
                ? entries.asList().stream().filter(JsonObject.class::isInstance).map(JsonObject.class::cast)
                : Stream.empty();
    }
}
