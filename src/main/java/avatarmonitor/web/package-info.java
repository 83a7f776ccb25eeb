/**
 * HTTP service of a worker: JSON API, static page, event streams, and fal's webhook. A slow client costs a connection
 * but no thread; database work has small thread pools of its own, so that checks continue under any HTTP load.
 */
@NullMarked
package avatarmonitor.web;

import org.jspecify.annotations.NullMarked;
