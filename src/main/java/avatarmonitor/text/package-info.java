/** Sanitizing of untrusted text and masking of secrets. */
@NullMarked
package avatarmonitor.text;

import org.jspecify.annotations.NullMarked;
