package avatarmonitor.avatar;

import java.util.Map;
import java.util.Set;

/**
 * A model that fal returned and that passed validation; the only thing that can make an avatar COMPLETED.
 *
 * @param columns the columns that it fills, with their values as fal gave them; at least one. All other columns of models become NULL
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
