/** What others wrote, made fit to be shown, and what must never be shown. */
@NullMarked
package avatarmonitor.text;

import org.jspecify.annotations.NullMarked;
