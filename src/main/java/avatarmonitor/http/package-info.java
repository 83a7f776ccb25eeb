/** Requests to other people's servers, each within limits of time and size and cut off when the worker stops. */
@NullMarked
package avatarmonitor.http;

import org.jspecify.annotations.NullMarked;
