package avatarmonitor.fal.answer;

import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
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
        if (detail instanceof JsonArray entries) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < Math.min(entries.size(), ENTRIES_MAX); i++) {
                texts.add(describeEntry(entries.get(i)));
            }
            return UntrustedText.line(String.join("; ", texts));
        }
        return UntrustedText.line(describeEntry(detail));
    }

    /** Members in which fal, models and gateways report errors; fal's own comes first. */
    private static final List<String> COMPLAINTS = List.of("detail", "error", "message");

    /**
     * Returns the error that a body reports: its {@code detail}, or else another known member; empty when there is
     * none.
     */
    static String complaint(JsonObject body) {
        for (String name : COMPLAINTS) {
            if (says(body.get(name))) {
                return describe(body.get(name));
            }
        }
        return "";
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
        if (!(loc instanceof JsonArray parts)) {
            return "";
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < Math.min(parts.size(), ENTRIES_MAX); i++) {
            names.add(
                    FalJson.isString(parts.get(i))
                            ? parts.get(i).getAsString()
                            : parts.get(i).toString());
        }
        return String.join(".", names);
    }

    private static String withoutInput(JsonObject entry) {
        JsonObject shown = new JsonObject();
        entry.entrySet().forEach(member -> {
            if (!member.getKey().equals("input")) {
                shown.add(member.getKey(), member.getValue());
            }
        });
        return shown.toString();
    }

    /** Returns the type of the first entry that names one; empty when none does. */
    static String type(@Nullable JsonElement detail) {
        if (detail instanceof JsonArray entries) {
            for (JsonElement entry : entries) {
                if (entry instanceof JsonObject object
                        && !FalJson.string(object, "type").isEmpty()) {
                    return FalJson.string(object, "type");
                }
            }
        }
        return "";
    }

    /** Returns whether this is a model error: a list with an entry that has both a message and a type. */
    static boolean isModelError(@Nullable JsonElement detail) {
        return hasEntry(
                detail,
                entry -> !message(entry).isEmpty()
                        && !FalJson.string(entry, "type").isEmpty());
    }

    /** Returns whether this is a list with an entry that has a message. */
    static boolean hasMessage(@Nullable JsonElement detail) {
        return hasEntry(detail, entry -> !message(entry).isEmpty());
    }

    private static boolean hasEntry(@Nullable JsonElement detail, Predicate<JsonObject> wanted) {
        if (detail instanceof JsonArray entries) {
            for (JsonElement entry : entries) {
                if (entry instanceof JsonObject object && wanted.test(object)) {
                    return true;
                }
            }
        }
        return false;
    }
}
