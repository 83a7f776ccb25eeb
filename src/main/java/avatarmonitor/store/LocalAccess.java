package avatarmonitor.store;

import avatarmonitor.store.sql.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Access to the embedded database that other users of this machine have and should not have.
 *
 * @param what possible access, with the folder or file
 * @param advice remedy
 * @param severe whether they could read, change or replace the database
 */
public record LocalAccess(String what, String advice, boolean severe) {
    /**
     * Finds such access; changes nothing. Empty when there is none, there is no such database yet, or it is not an
     * embedded one.
     */
    public static List<LocalAccess> problems(StoreConfig config) {
        ConnectionSettings given =
                ConnectionSettings.of(config).withoutCreating().readOnlyAccepted();
        @Nullable
        Path database = given.dialect() == Dialect.H2 ? H2File.path(given.url()).orElse(null) : null;
        if (database == null || !Files.exists(H2File.data(database))) {
            return List.of();
        }
        List<LocalAccess> problems = new ArrayList<>();
        if (given.password().isEmpty() && H2Access.connects(given)) {
            problems.add(new LocalAccess(
                    "the embedded database has an empty password: while it is open every user of this machine can read and change it,"
                            + " and run code as the user of the worker",
                    H2Access.managed(given).isPresent()
                            ? "stop workers of older versions, then start one of this version or run avatar-monitor migrate: it sets a password"
                            : "give user " + given.user() + " a password and set db.password, or leave both keys empty",
                    true));
        }
        try {
            problems.addAll(new H2Folder(database).problems());
        } catch (IOException e) {
            problems.add(new LocalAccess(
                    "rights of its files cannot be read: " + e, "run this as the user who runs the worker", false));
        }
        return problems;
    }
}
