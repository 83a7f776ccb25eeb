/**
 * Threads of one scheduler node and how they end: the pool of jobs, Quartz's service threads, the signal that stops
 * them, and the latch for errors that end the process. Nothing here reads or writes the job store.
 */
@NullMarked
package avatarmonitor.schedule.quartz.thread;

import org.jspecify.annotations.NullMarked;
