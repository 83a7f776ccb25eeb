/**
 * A local fal queue for the demo, for this project's tests and for users' own tests: keeps the submitted requests,
 * answers the queue, history, file and admin calls about them, and sends webhooks.
 */
@NullMarked
package avatarmonitor.emulator;

import org.jspecify.annotations.NullMarked;
