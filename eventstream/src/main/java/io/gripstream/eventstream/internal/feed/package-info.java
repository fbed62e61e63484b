/**
 * One way to read for both modes: from a request to channels and position, to pages of history, to
 * live events in order. Not API.
 */
@NullMarked
package io.gripstream.eventstream.internal.feed;

import org.jspecify.annotations.NullMarked;
