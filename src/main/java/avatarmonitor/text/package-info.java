/** Sanitizing of untrusted text, masking of secrets, and digests. */
@NullMarked
package avatarmonitor.text;

import org.jspecify.annotations.NullMarked;
