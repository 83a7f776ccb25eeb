package avatarmonitor.fal.answer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Converts JSON to a form that a database accepts. NUL, unpaired surrogates and numbers beyond every range are valid
 * JSON that PostgreSQL rejects; one of them in an answer must not make storing it fail again and again.
 */
public final class CleanJson {
    private static final char REPLACEMENT = '\ufffd';
    private static final Pattern USUAL_NUMBER = Pattern.compile("-?\\d{1,40}(\\.\\d{1,40})?([eE][+-]?\\d{1,2})?");

    private CleanJson() {}

    /** Returns a cleaned copy. Recursion is as deep as the document, which {@link FalJson} has limited. */
    static JsonElement of(JsonElement element) {
        return of(element, text -> text);
    }

    /** Like {@link #of(JsonElement)}, with another function applied to each name and each text. */
    public static JsonElement of(JsonElement element, UnaryOperator<String> texts) {
        if (element instanceof JsonObject object) {
            JsonObject clean = new JsonObject();
            object.entrySet()
                    .forEach(member -> clean.add(text(texts.apply(member.getKey())), of(member.getValue(), texts)));
            return clean;
        }
        if (element instanceof JsonArray array) {
            JsonArray clean = new JsonArray(array.size());
            array.forEach(entry -> clean.add(of(entry, texts)));
            return clean;
        }
        if (element instanceof JsonPrimitive primitive) {
            return primitive.isString()
                    ? new JsonPrimitive(text(texts.apply(primitive.getAsString())))
                    : number(primitive);
        }
        return element;
    }

    private static JsonElement number(JsonPrimitive primitive) {
        if (!primitive.isNumber()
                || USUAL_NUMBER.matcher(primitive.getAsString()).matches()) {
            return primitive;
        }
        double nearest = primitive.getAsNumber().doubleValue();
        return Double.isFinite(nearest) ? new JsonPrimitive(nearest) : JsonNull.INSTANCE;
    }

    private static String text(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            boolean bad = character == 0 || Character.getType(character) == Character.SURROGATE;
            clean.appendCodePoint(bad ? REPLACEMENT : character);
        }
        return clean.toString();
    }
}
