/**
 * The worker's own log: formats, fields, masking of secrets and limits on each line. What is logged, and when, is
 * decided by the class that logs; {@code text} has the rules for untrusted text.
 *
 * <p>Start with {@link avatarmonitor.logging.Logging}, which configures Logback; {@code SanitizingAppender} cleans
 * every event before an encoder sees it.
 */
@NullMarked
package avatarmonitor.logging;

import org.jspecify.annotations.NullMarked;
