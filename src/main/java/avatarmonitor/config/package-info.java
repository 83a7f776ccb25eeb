/** Reads file and environment into one record for each package that is configured. */
@NullMarked
package avatarmonitor.config;

import org.jspecify.annotations.NullMarked;
