@NullMarked
package avatarmonitor;

import org.jspecify.annotations.NullMarked;
