/**
 * The HTTP side of a worker: the JSON API, the page's own files, the stream of what happens, and fal's webhook. Slow clients cost a
 * connection each and never a thread; what asks the database has few threads of its own, so checks go on whatever is asked here.
 */
@NullMarked
package avatarmonitor.web;

import org.jspecify.annotations.NullMarked;
