/**
 * Read-only queries for operators, shared by the command line and the page: lists, one avatar, the overview,
 * conditions.
 */
@NullMarked
package avatarmonitor.inspect;

import org.jspecify.annotations.NullMarked;
