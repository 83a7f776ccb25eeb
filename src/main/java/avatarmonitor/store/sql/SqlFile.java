package avatarmonitor.store.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads the SQL files under {@code sql} from the class path. */
public final class SqlFile {
    private SqlFile() {}

    /**
     * Returns the text of a file.
     *
     * @param path absolute, starting with {@code /sql}
     */
    public static String text(String path) {
        try (InputStream file = SqlFile.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalStateException("not in this program: " + path);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the part of a file between two block comments: the name, and {@code end} with the name. */
    public static String part(String path, String name) {
        String text = text(path);
        String begin = "/* " + name + " */";
        int from = text.indexOf(begin);
        int to = text.indexOf("/* end " + name + " */");
        if (from < 0 || to < from) {
            throw new IllegalStateException(path + " has no part " + name);
        }
        return text.substring(from + begin.length(), to);
    }
}
