/** One check of one avatar: what is known goes in, what must happen comes out. Start with {@link avatarmonitor.check.Decision}. */
@NullMarked
package avatarmonitor.check;

import org.jspecify.annotations.NullMarked;
