package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.Position;

/**
 * An event on its way to the subscribers of one set of channels.
 *
 * @param bytes the frame, shared by all of them: must not be changed
 * @param position after the event
 */
public record LiveEvent(Event event, byte[] bytes, Position position) {}
