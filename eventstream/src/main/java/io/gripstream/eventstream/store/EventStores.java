package io.gripstream.eventstream.store;

/** The one door to the backends. */
public final class EventStores {
  private EventStores() {}
}
