/**
 * Tests with real worker processes: the packaged jar, real signals, real databases, a local fal queue over real HTTP.
 */
@NullMarked
package avatarmonitor.process;

import org.jspecify.annotations.NullMarked;
