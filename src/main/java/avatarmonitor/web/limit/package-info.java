/**
 * Limits on clients of the HTTP server: time for a request and its response, memory for request bodies. Knows no
 * routes.
 */
@NullMarked
package avatarmonitor.web.limit;

import org.jspecify.annotations.NullMarked;
