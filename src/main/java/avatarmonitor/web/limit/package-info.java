/**
 * Limits of the HTTP server on what a client can use up: time of a response, memory of request bodies, parallel
 * requests. Nothing here knows a route.
 */
@NullMarked
package avatarmonitor.web.limit;

import org.jspecify.annotations.NullMarked;
