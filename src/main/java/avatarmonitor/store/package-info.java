/** The database: pool, transactions, dialect, migrations, and the check of the application's schema. */
@NullMarked
package avatarmonitor.store;

import org.jspecify.annotations.NullMarked;
