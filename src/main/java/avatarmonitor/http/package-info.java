/**
 * HTTP client for other parties' servers, with limits on time and size; requests are cancelled when the worker stops.
 */
@NullMarked
package avatarmonitor.http;

import org.jspecify.annotations.NullMarked;
