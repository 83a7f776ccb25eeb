/**
 * What all workers share about requests to fal: the rows of the rate limit and of the pauses in the database, the
 * report when the rate limit is too low for all trainings, and the factor by which intervals stretch then.
 */
@NullMarked
package avatarmonitor.app.limit;

import org.jspecify.annotations.NullMarked;
