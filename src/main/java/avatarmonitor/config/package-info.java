/** Loads file and environment into one configuration record per package. */
@NullMarked
package avatarmonitor.config;

import org.jspecify.annotations.NullMarked;
