package avatarmonitor.testing;

import avatarmonitor.store.Database;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Execution plans of PostgreSQL for each statement that was sent while this was open, from {@code auto_explain}: with
 * the parameters, the settings and the kind of plan that the product actually uses, and for statements inside functions
 * too. Use {@link #explaining} once for the database, then open one around each piece of work.
 */
public final class Plans implements AutoCloseable {
    private static final Logger DRIVER = Logger.getLogger("org.postgresql.core.v3.QueryExecutorImpl");

    private final List<Plan> plans = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getMessage().contains("NoticeResponse")) {
                add(String.valueOf(line.getParameters()[0]));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /**
     * One execution of one statement.
     *
     * @param rows maximum of rows that one step of the plan handled, including discarded ones
     * @param pages pages of tables and indexes that it touched
     */
    public record Plan(String sql, double rows, long pages, String text) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.0f rows, %d pages: %s%n%s", rows, pages, sql.strip(), text);
        }
    }

    public Plans() {
        DRIVER.setUseParentHandlers(false);
        DRIVER.setLevel(Level.FINEST);
        DRIVER.addHandler(handler);
    }

    /** Opens a second pool of the same database whose sessions report their plans. The caller closes it. */
    public static Database explaining(TestDatabase.Fresh fresh) {
        String name = fresh.config().url().replaceAll(".*/", "");
        Sql.run(
                fresh.database(),
                Stream.of(
                                "session_preload_libraries = 'auto_explain'",
                                "auto_explain.log_min_duration = 0",
                                "auto_explain.log_analyze = on",
                                "auto_explain.log_buffers = on",
                                "auto_explain.log_timing = off",
                                "auto_explain.log_format = 'json'",
                                "auto_explain.log_level = 'notice'",
                                "auto_explain.log_nested_statements = on")
                        .map(setting -> "ALTER DATABASE " + name + " SET " + setting)
                        .toArray(String[]::new));
        return Database.open(fresh.config());
    }

    /** Returns the executions so far. */
    public synchronized List<Plan> all() {
        return List.copyOf(plans);
    }

    private synchronized void add(String notice) {
        int begin = notice.indexOf('{');
        if (notice.contains("plan:") && begin > 0) {
            String json = notice.substring(begin, notice.lastIndexOf('}') + 1);
            JsonObject told = JsonParser.parseString(json).getAsJsonObject();
            JsonObject top = told.getAsJsonObject("Plan");
            StringBuilder text = new StringBuilder();
            double rows = rows(top, text, "  ");
            String sql = told.get("Query Text").getAsString();
            if (sql.contains("set_config(") || sql.contains("FROM pg_catalog.")) {
                // Statements about the session, and the driver's own.
                return;
            }
            long pages = (long) (number(top, "Shared Hit Blocks") + number(top, "Shared Read Blocks"));
            plans.add(new Plan(sql, rows, pages, text.toString()));
        }
    }

    private static double rows(JsonObject node, StringBuilder text, String indent) {
        double loops = number(node, "Actual Loops");
        double here = 0;
        for (String member : List.of(
                "Actual Rows",
                "Rows Removed by Filter",
                "Rows Removed by Join Filter",
                "Rows Removed by Index Recheck")) {
            here += loops * number(node, member);
        }
        text.append(indent).append(node.get("Node Type").getAsString());
        for (String member :
                List.of("Relation Name", "Index Name", "CTE Name", "Index Cond", "Join Filter", "Filter")) {
            if (node.has(member)) {
                text.append(' ')
                        .append(member.toLowerCase(Locale.ROOT))
                        .append('=')
                        .append(node.get(member).getAsString());
            }
        }
        text.append(String.format(Locale.ROOT, " expected=%.0f rows=%.0f%n", number(node, "Plan Rows"), here));
        double most = here;
        if (node.has("Plans")) {
            for (JsonElement below : node.getAsJsonArray("Plans")) {
                most = Math.max(most, rows(below.getAsJsonObject(), text, indent + "  "));
            }
        }
        return most;
    }

    private static double number(JsonObject node, String member) {
        return node.has(member) ? node.get(member).getAsDouble() : 0;
    }

    @Override
    public void close() {
        DRIVER.removeHandler(handler);
        DRIVER.setLevel(null);
        DRIVER.setUseParentHandlers(true);
    }
}
