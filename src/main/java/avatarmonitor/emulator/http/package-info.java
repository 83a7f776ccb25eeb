/**
 * HTTP side of the emulator, without any knowledge of queued requests: parses requests and routes, builds replies and
 * fal's error bodies, reads and writes JSON, and distorts replies on the wire (delays, cut bodies, closed connections).
 */
@NullMarked
package avatarmonitor.emulator.http;

import org.jspecify.annotations.NullMarked;
