/**
 * The demo: a local fal queue, application rows and a real worker process, run for half a minute and then evaluated.
 */
@NullMarked
package avatarmonitor.demo;

import org.jspecify.annotations.NullMarked;
