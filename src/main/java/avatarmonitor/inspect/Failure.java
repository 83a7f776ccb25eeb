package avatarmonitor.inspect;

import avatarmonitor.inspect.TrainingReport.ErrorRow;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Failed training of a report.
 *
 * @param type training type; empty when the row no longer exists or was retrained since
 * @param cause reason of the event without ids and long numbers, which differ between failures of the same cause
 */
record Failure(Instant at, String type, String cause) {
    private static final String NO_REASON = "no reason";

    /** Reads rows with the columns {@code at}, {@code detail} and {@code training_type}. */
    static List<Failure> all(List<Map<String, @Nullable Object>> rows) {
        List<Failure> failures = new ArrayList<>();
        for (Map<String, @Nullable Object> row : rows) {
            if (row.get("at") instanceof Instant at) {
                failures.add(new Failure(
                        at,
                        Objects.toString(row.get("training_type"), ""),
                        cause(reason(String.valueOf(row.get("detail"))))));
            }
        }
        return failures;
    }

    /** Returns whether the cause contains this text, in any letter case and without ids and long numbers. */
    boolean hasError(String text) {
        return cause.toLowerCase(Locale.ROOT).contains(cause(text).toLowerCase(Locale.ROOT));
    }

    /**
     * Groups failures by cause, the most frequent first.
     *
     * @param failures the newest first
     */
    static List<ErrorRow> byCause(List<Failure> failures) {
        Map<String, ErrorRow> grouped = new LinkedHashMap<>();
        for (Failure failure : failures) {
            grouped.merge(
                    failure.cause,
                    new ErrorRow(failure.cause, 1, failure.at),
                    (known, one) -> new ErrorRow(known.error(), known.count() + 1, known.lastAt()));
        }
        return grouped.values().stream()
                .sorted(Comparator.comparing(ErrorRow::count).reversed().thenComparing(ErrorRow::error))
                .limit(TrainingReport.ERRORS_MAX)
                .toList();
    }

    private static String cause(String reason) {
        return reason.replaceAll("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "…")
                .replaceAll("\\d{4,}", "…");
    }

    private static String reason(String detail) {
        try {
            return JsonParser.parseString(detail) instanceof JsonObject parsed
                            && parsed.get("reason") instanceof JsonPrimitive reason
                    ? reason.getAsString()
                    : NO_REASON;
        } catch (JsonParseException unreadable) {
            return NO_REASON;
        }
    }
}
