package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Event;

/**
 * What became of a draft.
 *
 * @param event the stored event
 * @param repeated whether it was there before, under the same idempotency key
 */
public record Appended(Event event, boolean repeated) {}
