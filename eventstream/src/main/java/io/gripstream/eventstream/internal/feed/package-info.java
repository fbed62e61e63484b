/**
 * One way to read for both modes: from a request to channels and position, then pages of history,
 * then live events in order. Not API.
 */
@NullMarked
package io.gripstream.eventstream.internal.feed;

import org.jspecify.annotations.NullMarked;
