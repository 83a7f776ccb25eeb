/**
 * What fal answered: sealed types, and the parsers that turn a reply into them (docs/fal-contract.md). {@link
 * avatarmonitor.fal.answer.FalAnswer} lists all answers. Nothing here sends a request; the parent package does.
 */
@NullMarked
package avatarmonitor.fal.answer;

import org.jspecify.annotations.NullMarked;
