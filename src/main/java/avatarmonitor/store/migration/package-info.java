/**
 * Tables and views of this product: migrations and views under the lock that admits one migration at a time, their
 * privileges, and the optional trigger that notifies workers of new trainings.
 */
@NullMarked
package avatarmonitor.store.migration;

import org.jspecify.annotations.NullMarked;
