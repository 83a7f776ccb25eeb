/**
 * Connections to the database: settings of both kinds, pools, transactions, the embedded H2 file and its rights,
 * requirements on the server, notifications, outages, and the exceptions of all database access. Statements, the
 * application's table, migrations and clocks are in its subpackages.
 */
@NullMarked
package avatarmonitor.store;

import org.jspecify.annotations.NullMarked;
