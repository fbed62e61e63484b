package io.gripstream.eventstream.internal.store.core;

import java.time.Duration;

/** The times for which every storage keeps data that is not an event. */
public final class Periods {
  /** Time for which an idempotency key is remembered. */
  public static final Duration IDEMPOTENCY_MEMORY = Duration.ofHours(24);

  private Periods() {}
}
