/** The application's avatars: id, status, model, training types and the guarded writes to their table. */
@NullMarked
package avatarmonitor.avatar;

import org.jspecify.annotations.NullMarked;
