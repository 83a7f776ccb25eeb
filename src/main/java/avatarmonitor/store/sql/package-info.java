/**
 * How statements are written and values are passed, without any connection of its own: the two dialects, the helper
 * that runs a statement in the caller's transaction, times, arrays of rows, texts that a server can store, plans and
 * timeouts of single queries.
 */
@NullMarked
package avatarmonitor.store.sql;

import org.jspecify.annotations.NullMarked;
