package avatarmonitor.store.sql;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs one statement in the caller's transaction. The values are bound to its parameters in order: texts, numbers,
 * booleans, UUIDs, SQL arrays, {@link Columns}, times ({@link Instant}, for timestamps with time zone), or null.
 */
public final class Jdbc {
    private Jdbc() {}

    /** Reads one value from the current row. */
    public interface Reader<T extends @Nullable Object> {
        T read(ResultSet row) throws SQLException;
    }

    /** Uses the current row. */
    public interface RowConsumer {
        void accept(ResultSet row) throws SQLException;
    }

    /** The parameters of a statement for one of many rows. */
    public interface Values<R> {
        @Nullable
        Object[] of(R row) throws SQLException;
    }

    /** Runs an INSERT, UPDATE or DELETE; returns the number of its rows. */
    public static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    /** Like {@link #update}, for at most this time; see {@link QueryLimit#within}. */
    public static int updateWithin(Duration limit, Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            return QueryLimit.within(limit, statement, PreparedStatement::executeUpdate);
        }
    }

    /** Runs a statement without parameters, such as one that changes a setting or the schema. */
    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns whether a query has a row. */
    public static boolean exists(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        return first(connection, sql, row -> true, values).isPresent();
    }

    /** Returns the value of the first row; empty when there is none, or its value is null. */
    public static <T> Optional<T> first(
            Connection connection, String sql, Reader<? extends @Nullable T> reader, @Nullable Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.ofNullable(reader.read(row)) : Optional.empty();
        }
    }

    /**
     * Returns the value of the first row of a query that always has one.
     *
     * @throws IllegalStateException when it has none
     */
    public static <T extends @Nullable Object> T one(
            Connection connection, String sql, Reader<T> reader, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException("no row: " + sql);
            }
            return reader.read(row);
        }
    }

    /** Returns the values of all rows, in a list that may be changed; the query limits their number. */
    public static <T> List<T> list(Connection connection, String sql, Reader<T> reader, @Nullable Object... values)
            throws SQLException {
        List<T> read = new ArrayList<>();
        forEach(connection, sql, row -> read.add(reader.read(row)), values);
        return read;
    }

    /**
     * Like {@link #list}, for at most this time.
     *
     * @param limit as in {@link QueryLimit#within}
     */
    public static <T> List<T> listWithin(
            Duration limit, Connection connection, String sql, Reader<T> reader, @Nullable Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            return QueryLimit.within(limit, statement, limited -> {
                List<T> read = new ArrayList<>();
                forEach(limited, row -> read.add(reader.read(row)));
                return read;
            });
        }
    }

    /** Like {@link #list} for a statement that is planned at each execution: see {@link FreshPlan#prepare}. */
    public static <T> List<T> listPlanned(
            Connection connection, String sql, Reader<T> reader, @Nullable Object... values) throws SQLException {
        List<T> read = new ArrayList<>();
        try (PreparedStatement statement = bound(FreshPlan.prepare(connection, sql), values)) {
            forEach(statement, row -> read.add(reader.read(row)));
        }
        return read;
    }

    /** Calls the consumer with each row. */
    public static void forEach(Connection connection, String sql, RowConsumer consumer, @Nullable Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            forEach(statement, consumer);
        }
    }

    private static void forEach(PreparedStatement statement, RowConsumer consumer) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                consumer.accept(row);
            }
        }
    }

    /**
     * Runs one statement for each of many rows, in one batch; returns the number of rows that it changed.
     *
     * @param values of the parameters for a row
     * @throws SQLException of the row that failed; the driver's own for a batch names the statement with its values
     */
    public static <R> int batch(Connection connection, String sql, Collection<R> rows, Values<R> values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (R row : rows) {
                bind(statement, values.of(row));
                statement.addBatch();
            }
            return Arrays.stream(statement.executeBatch()).sum();
        } catch (BatchUpdateException e) {
            SQLException cause = e.getNextException();
            throw cause == null ? e : cause;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value instanceof Instant time) {
                value = Timestamps.utc(time);
            } else if (value instanceof Columns.Column column) {
                value = column.in(statement.getConnection());
            }
            statement.setObject(i + 1, value);
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        return bound(connection.prepareStatement(sql), values);
    }

    private static PreparedStatement bound(PreparedStatement statement, @Nullable Object... values)
            throws SQLException {
        try {
            bind(statement, values);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }
}
