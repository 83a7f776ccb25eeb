/** What operators ask the database, answered once for the terminal and the page: lists, one avatar, the whole in figures. Only reads. */
@NullMarked
package avatarmonitor.inspect;

import org.jspecify.annotations.NullMarked;
