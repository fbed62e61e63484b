package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Event;

/**
 * The result of an append.
 *
 * @param event the stored event
 * @param isRepeated whether it already existed, under the same idempotency key
 */
public record Appended(Event event, boolean isRepeated) {}
