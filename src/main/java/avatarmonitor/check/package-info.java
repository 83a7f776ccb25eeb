/**
 * One check of one avatar: decides from the known state and fal's answers what to do. Start with {@link
 * avatarmonitor.check.decision.Decision}.
 */
@NullMarked
package avatarmonitor.check;

import org.jspecify.annotations.NullMarked;
