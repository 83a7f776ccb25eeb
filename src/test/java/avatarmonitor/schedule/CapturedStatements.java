package avatarmonitor.schedule;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A connection that records its statements, with the kind of each parameter. */
public final class CapturedStatements {
    private static final Map<String, String> TYPES =
            Map.of("setLong", "bigint", "setInt", "int", "setString", "varchar", "setBigDecimal", "numeric");

    private static final Map<Class<?>, String> OBJECTS =
            Map.of(Long.class, "bigint", Integer.class, "int", String.class, "varchar", BigDecimal.class, "numeric");

    /** One statement, with types and values by position. */
    public record Captured(String sql, Map<Integer, String> types, Map<Integer, String> values) {
        /** Returns it as PostgreSQL's own PREPARE, which can also be explained with a generic plan. */
        public String prepare(String name) {
            String numbered = sql;
            for (int i = 1; i <= types.size(); i++) {
                numbered = numbered.replaceFirst("\\?", "\\$" + i);
            }
            return "PREPARE " + name + "(" + String.join(", ", types.values()) + ") AS " + numbered;
        }

        public String execute(String name) {
            return "EXECUTE " + name + "(" + String.join(", ", values.values()) + ")";
        }
    }

    private final List<Captured> captured = new ArrayList<>();

    public List<Captured> all() {
        return captured;
    }

    public Connection around(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    Object result = call(connection, method, args);
                    return method.getName().equals("prepareStatement")
                            ? around((PreparedStatement) result, (String) args[0])
                            : result;
                });
    }

    private PreparedStatement around(PreparedStatement statement, String sql) {
        Captured capture = new Captured(sql, new TreeMap<>(), new TreeMap<>());
        captured.add(capture);
        return (PreparedStatement) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PreparedStatement.class}, (proxy, method, args) -> {
                    String type = method.getName().equals("setObject")
                            ? OBJECTS.get(args[1].getClass())
                            : TYPES.get(method.getName());
                    if (type != null) {
                        capture.types.put((Integer) args[0], type);
                        capture.values.put(
                                (Integer) args[0], type.equals("varchar") ? "'" + args[1] + "'" : "" + args[1]);
                    }
                    return call(statement, method, args);
                });
    }

    private static Object call(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
