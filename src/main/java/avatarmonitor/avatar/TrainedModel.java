package avatarmonitor.avatar;

import java.util.Map;
import java.util.Set;

/**
 * A validated model from fal; the only value that can make an avatar COMPLETED.
 *
 * @param columns column names and values as fal returned them; at least one. All other model columns become NULL
 * @param urls those of the values that are URLs
 */
public record TrainedModel(Map<String, String> columns, Set<String> urls) {
    public TrainedModel {
        columns = Map.copyOf(columns);
        urls = Set.copyOf(urls);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("a model without a value");
        }
    }
}
