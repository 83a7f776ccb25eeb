/**
 * What an emulated training does: its course through the queue, its outcome, how it reacts to cancelling, what the
 * history lists, when webhooks are sent, and the faults of single calls. Values and their JSON form; nothing here keeps
 * state of a request except the list of pending faults.
 */
@NullMarked
package avatarmonitor.emulator.scenario;

import org.jspecify.annotations.NullMarked;
