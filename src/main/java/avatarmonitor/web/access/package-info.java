/**
 * Who may call: tokens and the files that have them, limits on failed attempts, and the address of a caller behind a
 * proxy. Which route needs which role is decided by {@code web.AccessControl}.
 */
@NullMarked
package avatarmonitor.web.access;

import org.jspecify.annotations.NullMarked;
