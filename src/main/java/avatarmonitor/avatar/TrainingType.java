package avatarmonitor.avatar;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What kind of model a training makes; decides the fal end point and which columns a success fills. */
public enum TrainingType {
    PORTRAIT,
    STYLE;

    /** Reads the application's value in any letter case; empty when it is none of ours. */
    public static Optional<TrainingType> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        return switch (AsciiCase.upper(text)) {
            case "PORTRAIT" -> Optional.of(PORTRAIT);
            case "STYLE" -> Optional.of(STYLE);
            default -> Optional.empty();
        };
    }
}
