/**
 * The application's {@code avatars} table: finds it, reads its columns, constraints and the rights on it from the
 * catalog of either database, and rejects a table that cannot be monitored. Never changes it.
 */
@NullMarked
package avatarmonitor.store.schema;

import org.jspecify.annotations.NullMarked;
