/** The demo: a local fal queue, an application's rows and a real worker process, played through in half a minute and judged. */
@NullMarked
package avatarmonitor.demo;

import org.jspecify.annotations.NullMarked;
