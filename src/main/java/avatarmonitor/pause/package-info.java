/** Pauses of polling by operators: for all trainings or those of one type, kept in the database. */
@NullMarked
package avatarmonitor.pause;

import org.jspecify.annotations.NullMarked;
