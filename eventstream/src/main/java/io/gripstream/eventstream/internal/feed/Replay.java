package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Position;

/**
 * A piece of history as bytes.
 *
 * @param bytes whole frames, without events that skip the user; possibly none
 * @param position after the last event read, skipped or not
 * @param isComplete whether nothing is left to read
 */
public record Replay(byte[] bytes, Position position, boolean isComplete) {}
