/**
 * The rules of a check as pure functions of the avatar's row, the stored monitoring and fal's answers
 * (docs/decision-table.md). Nothing here reads or writes: the parent package does the I/O and applies the result.
 *
 * <p>Start with {@link avatarmonitor.check.decision.Decision}; {@link avatarmonitor.check.decision.NextAction} lists
 * what it can decide, {@link avatarmonitor.check.decision.Rules} the settings that it follows.
 */
@NullMarked
package avatarmonitor.check.decision;

import org.jspecify.annotations.NullMarked;
