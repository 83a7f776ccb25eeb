package avatarmonitor.app;

import avatarmonitor.app.BulkActions.Result;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Actor;
import avatarmonitor.inspect.AvatarSearch;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.schedule.ScheduleException;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.web.Actions;
import avatarmonitor.web.Actions.Bulk;
import avatarmonitor.web.Actions.BulkDone;
import avatarmonitor.web.Actions.SlowSelectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Actions of the HTTP API on many avatars. A call ends after {@link Actions#BULK_MAX} avatars or {@link #TIME_MAX}, so
 * a client that sends no further call has stopped the action. One call at a time, which leaves threads for other
 * actions.
 */
final class HttpBulk {
    /** Time after which a call begins no further batch. */
    static final Duration TIME_MAX = Duration.ofSeconds(5);

    /** Maximum of avatars in the answer of a dry run. */
    private static final int SHOWN_MAX = 10;

    private static final Logger log = LoggerFactory.getLogger(HttpBulk.class);

    private final Database database;
    private final Supplier<AvatarSchema> schema;
    private final BulkActions bulk;
    private final Semaphore calls = new Semaphore(1);

    HttpBulk(Database database, Supplier<AvatarSchema> schema, BulkActions bulk) {
        this.database = database;
        this.schema = schema;
        this.bulk = bulk;
    }

    /** Returns empty when another call is under way. */
    Optional<BulkDone> run(Bulk wanted, Actor caller) {
        if (!calls.tryAcquire()) {
            return Optional.empty();
        }
        try {
            return Optional.of(wanted.dryRun() ? dryRun(wanted) : act(wanted, caller));
        } finally {
            calls.release();
        }
    }

    private long matched(Bulk wanted) {
        AvatarSelection where = wanted.where();
        return where == null
                ? wanted.ids().size()
                : selected(() -> where.count(database, schema.get(), wanted.after(), AvatarSearch.TIME_MAX));
    }

    private static <T> T selected(Supplier<T> selection) {
        try {
            return selection.get();
        } catch (StoreException e) {
            throw e.cancelled() ? new SlowSelectionException(e) : e;
        }
    }

    private BulkDone dryRun(Bulk wanted) {
        long matched = matched(wanted);
        AvatarSelection where = wanted.where();
        // The first rows of the list are not those that a call goes on with.
        List<Map<String, @Nullable Object>> rows = where == null || wanted.after() != null
                ? List.of()
                : selected(() -> where.list()
                        .first(database, schema.get(), where.filter(), SHOWN_MAX)
                        .rows());
        return new BulkDone(matched, 0, 0, matched, null, Map.of(), rows);
    }

    private BulkDone act(Bulk wanted, Actor caller) {
        long matched = matched(wanted);
        AvatarSelection where = wanted.where();
        List<AvatarId> ids = where == null
                ? wanted.ids()
                : selected(() ->
                        where.ids(database, schema.get(), wanted.after(), Actions.BULK_MAX, AvatarSearch.TIME_MAX));
        long deadline = System.nanoTime() + TIME_MAX.toNanos();
        List<Result> results = new ArrayList<>();
        int acted = 0;
        try {
            acted = bulk.run(wanted.action(), ids, caller, wait -> isOver(deadline, wait), results::add);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            acted = results.size();
        } catch (StoreException | ScheduleException failed) {
            if (results.isEmpty()) {
                throw failed;
            }
            log.warn("bulk action not finished done={} error={}", results.size(), failed.getMessage());
            acted = results.size();
        }
        long left = acted < ids.size() || where != null ? Math.max(ids.size() - acted, matched - acted) : 0;
        Map<String, Integer> outcomes = new TreeMap<>();
        results.forEach(result -> outcomes.merge(result.outcome(), 1, Integer::sum));
        List<Map<String, @Nullable Object>> notDone = results.stream()
                .filter(result -> !result.done())
                .map(Result::members)
                .toList();
        return new BulkDone(
                matched,
                results.size() - notDone.size(),
                notDone.size(),
                left,
                left == 0 ? null : acted == 0 ? wanted.after() : ids.get(acted - 1),
                outcomes,
                notDone);
    }

    /** Waits only when the next batch would begin in time. */
    private static boolean isOver(long deadline, Duration wait) throws InterruptedException {
        if (deadline - System.nanoTime() <= wait.toNanos()) {
            return true;
        }
        TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        return false;
    }
}
