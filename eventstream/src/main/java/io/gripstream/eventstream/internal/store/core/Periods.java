package io.gripstream.eventstream.internal.store.core;

import java.time.Duration;

/** How long every storage keeps everything except events. */
public final class Periods {
  /** How long an idempotency key stands for its event. */
  public static final Duration IDEMPOTENCY_MEMORY = Duration.ofHours(24);

  private Periods() {}
}
