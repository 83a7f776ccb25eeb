/**
 * Database access: connection pool, transactions, dialects, clocks, migrations, and validation of the application's
 * schema.
 */
@NullMarked
package avatarmonitor.store;

import org.jspecify.annotations.NullMarked;
