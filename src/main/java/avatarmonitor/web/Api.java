package avatarmonitor.web;

import static avatarmonitor.web.Route.get;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.inspect.AvatarDetails;
import avatarmonitor.inspect.AvatarDetailsText;
import avatarmonitor.inspect.AvatarFilter;
import avatarmonitor.inspect.AvatarList;
import avatarmonitor.inspect.AvatarList.Page;
import avatarmonitor.inspect.AvatarList.Wanted;
import avatarmonitor.inspect.AvatarNames;
import avatarmonitor.inspect.AvatarSearch;
import avatarmonitor.inspect.EventPage;
import avatarmonitor.inspect.EventRow;
import avatarmonitor.inspect.Overview;
import avatarmonitor.inspect.ReportRange;
import avatarmonitor.inspect.Rows;
import avatarmonitor.inspect.TrainingReport;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Read endpoints under {@code /api/v1}, with the same queries as the commands. */
final class Api {
    private static final int ROWS_USUAL = 50;
    private static final int ROWS_MAX = 200;

    /** Limit of concurrent searches. */
    private static final int SEARCHES_MAX = 2;

    /** Limit of paging; beyond it a search is the better tool. */
    private static final int OFFSET_MAX = 1_000_000;

    private static final int SEARCH_LENGTH_MAX = 100;

    /** Maximum length of a training type or instance id, as in their columns. */
    private static final int FILTER_LENGTH_MAX = 200;

    private static final int TIME_LENGTH_MAX = 40;
    private static final int EVENTS_USUAL = 100;
    private static final int EVENTS_MAX = 500;
    private static final int EVENTS_OF_AVATAR = 50;
    private static final Pattern EVENT_TYPE = Pattern.compile("[a-z_]{0,40}");

    private final Semaphore searches = new Semaphore(SEARCHES_MAX);
    private final Database database;
    private final Supplier<AvatarSchema> schema;
    private final OverviewCache figures;
    private final InstantSource clock;

    Api(Database database, Supplier<AvatarSchema> schema, OverviewCache figures, InstantSource clock) {
        this.database = database;
        this.schema = schema;
        this.figures = figures;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                get("/api/v1/overview", Access.READ, Lane.READING, this::overview),
                get("/api/v1/load", Access.READ, Lane.READING, this::load),
                get("/api/v1/avatars", Access.READ, Lane.READING, this::avatars),
                get("/api/v1/avatars/{id}", Access.READ, Lane.READING, this::avatar),
                get("/api/v1/workers", Access.READ, Lane.READING, this::workers),
                get("/api/v1/events", Access.READ, Lane.READING, this::events),
                get("/api/v1/report", Access.READ, Lane.READING, this::report),
                get("/api/v1/stream", Access.READ, Lane.STREAM, call -> {
                    throw new IllegalStateException("a stream is not one answer");
                }));
    }

    private Answer overview(Call call) {
        call.query().nothingElse();
        return Answer.json(figures.overview());
    }

    private Answer load(Call call) {
        call.query().nothingElse();
        return Answer.json(figures.load());
    }

    private Answer avatars(Call call) {
        Query query = call.query();
        List<String> words =
                Stream.of(AvatarList.values()).map(AvatarList::word).toList();
        String word = query.oneOf("state", words, AvatarList.WATCHED.word());
        AvatarList list = AvatarList.named(word).orElseThrow(() -> new IllegalStateException(word));
        String search = query.text("q", SEARCH_LENGTH_MAX).strip();
        String type = query.text("type", FILTER_LENGTH_MAX).strip();
        String worker = query.text("worker", FILTER_LENGTH_MAX).strip();
        AvatarFilter filter = new AvatarFilter(search, type, worker);
        String sort = query.oneOf("sort", list.sortable(), list.usualOrder());
        String usual = list.usuallyDescending() && sort.equals(list.usualOrder()) ? "desc" : "asc";
        String order = query.oneOf("order", List.of("asc", "desc"), usual);
        int limit = query.number("limit", 1, ROWS_MAX, ROWS_USUAL);
        int offset = query.number("offset", 0, OFFSET_MAX, 0);
        query.nothingElse();

        Page page = page(list, new Wanted(filter, sort, order.equals("desc"), limit, offset));
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("state", word);
        members.put("limit", limit);
        members.put("offset", offset);
        members.put("more", page.more());
        members.put("total", filter.isNone() ? figures.total(word) : null);
        members.put("sort", sort);
        members.put("order", order);
        members.put("rows", page.rows());
        return Answer.json(Rows.json(members));
    }

    /** Limits concurrent searches, which may read every row, so that other calls are not blocked. */
    private Page page(AvatarList list, Wanted wanted) {
        if (wanted.filter().isNone()) {
            return list.page(database, schema.get(), wanted);
        }
        return limited(
                () -> list.page(database, schema.get(), wanted),
                SEARCHES_MAX + " searches are running: try again in a moment, or search for a whole id",
                "Search too slow",
                "the search took longer than " + AvatarSearch.TIME_MAX.toSeconds()
                        + " s and was ended: search for the whole id, or for its first 8 digits or more");
    }

    /** Runs one of the limited number of searches, which may read every row. */
    private <T> T limited(Supplier<T> search, String busy, String slow, String advice) {
        if (!searches.tryAcquire()) {
            throw RefusedException.of(503, "Busy", busy);
        }
        try {
            return search.get();
        } catch (StoreException e) {
            if (!e.cancelled()) {
                throw e;
            }
            throw RefusedException.of(503, slow, advice);
        } finally {
            searches.release();
        }
    }

    private Answer avatar(Call call) {
        AvatarId id = Query.avatarId("id", call.variable("id"));
        call.query().nothingElse();
        AvatarDetails details = AvatarDetails.read(database, schema.get(), id, EVENTS_OF_AVATAR);
        if (details.avatar().isEmpty()
                && details.monitoring().isEmpty()
                && details.events().isEmpty()) {
            throw RefusedException.of(404, "Not found", "nothing is known about the avatar " + id);
        }
        JsonObject answer = details.json();
        JsonArray words = new JsonArray();
        new AvatarDetailsText(details, clock.instant())
                .lines()
                .forEach((name, text) -> words.add(Rows.json(new Line(name, text))));
        answer.add("words", words);
        return Answer.json(answer);
    }

    private record Line(String name, String text) {}

    private record Events(List<JsonObject> rows, boolean more) {}

    private Answer workers(Call call) {
        call.query().nothingElse();
        return Answer.json(Rows.json(Map.of("rows", database.read(Overview::workers))));
    }

    private Answer events(Call call) {
        Query query = call.query();
        int limit = query.number("limit", 1, EVENTS_MAX, EVENTS_USUAL);
        long before = query.number("before", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        AvatarId avatar = query.avatar("avatar");
        String type = query.text("type", 40);
        if (!EVENT_TYPE.matcher(type).matches()) {
            throw RefusedException.parameter("type", "the type of an event, such as watching");
        }
        query.nothingElse();
        return Answer.json(database.read(connection -> {
            EventPage page = EventPage.read(connection, before, avatar, type.isEmpty() ? null : type, limit);
            AvatarNames names = AvatarNames.read(connection, schema.get(), page.events());
            return Rows.json(new Events(
                    page.events().stream()
                            .map(event -> EventRow.json(event, names.of(event)))
                            .toList(),
                    page.more()));
        }));
    }

    /** Reads every event of the period, so it shares the limit of concurrent searches. */
    private Answer report(Call call) {
        Query query = call.query();
        Instant now = clock.instant();
        ReportRange range = reportRange(query, now);
        String type = query.text("type", FILTER_LENGTH_MAX);
        String worker = query.text("worker", FILTER_LENGTH_MAX);
        String error = query.text("error", FILTER_LENGTH_MAX);
        boolean csv = query.oneOf("format", List.of("json", "csv"), "json").equals("csv");
        query.nothingElse();
        TrainingReport.Filter filter = new TrainingReport.Filter(
                type.isEmpty() ? null : type, worker.isEmpty() ? null : worker, error.isEmpty() ? null : error);
        TrainingReport report = limited(
                () -> TrainingReport.read(database, range, filter),
                SEARCHES_MAX + " searches or reports are running: try again in a moment",
                "Report too slow",
                "a query took longer than " + TrainingReport.TIME_MAX.toSeconds()
                        + " s and was ended: ask for a shorter time, or run the command report when the database is calm");
        return csv ? Answer.text(200, "text/csv; charset=utf-8", report.csv()) : Answer.json(report.json());
    }

    private static ReportRange reportRange(Query query, Instant now) {
        String period = query.oneOf("period", List.of(ReportRange.DAY, ReportRange.WEEK), "");
        String from = query.text("from", TIME_LENGTH_MAX);
        String to = query.text("to", TIME_LENGTH_MAX);
        try {
            return ReportRange.of(period, from, to, now);
        } catch (IllegalArgumentException wrong) {
            throw RefusedException.of(400, "Bad parameter", String.valueOf(wrong.getMessage()));
        }
    }
}
