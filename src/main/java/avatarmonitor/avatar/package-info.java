/** The application's avatars as this product sees them: identity, status, model, and the guarded writes to their table. */
@NullMarked
package avatarmonitor.avatar;

import org.jspecify.annotations.NullMarked;
