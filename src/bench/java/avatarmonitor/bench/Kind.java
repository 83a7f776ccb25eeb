package avatarmonitor.bench;

import java.util.List;
import java.util.Locale;

/** The contestants. */
enum Kind {
    STOCK_QUARTZ(true),
    AVATAR_MONITOR(false),
    AVATAR_MONITOR_STOCK_INDEXES(true),
    DB_SCHEDULER(false),
    CEILING_MERGED(false);

    /** Contestants that a user could choose. */
    static final List<Kind> SCHEDULERS = List.of(STOCK_QUARTZ, AVATAR_MONITOR, DB_SCHEDULER);

    private final boolean stockIndexes;

    Kind(boolean stockIndexes) {
        this.stockIndexes = stockIndexes;
    }

    /** Returns whether the tables have exactly the indexes and storage settings that Quartz ships. */
    boolean stockIndexes() {
        return stockIndexes;
    }

    /** Name in reports. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Contestant open(String url, Tuning tuning) {
        return switch (this) {
            case STOCK_QUARTZ -> new StockQuartz(url, tuning);
            case AVATAR_MONITOR, AVATAR_MONITOR_STOCK_INDEXES -> new OwnStore(url);
            case DB_SCHEDULER -> new DbScheduler(url, tuning);
            case CEILING_MERGED -> new MergedCeiling(url);
        };
    }
}
