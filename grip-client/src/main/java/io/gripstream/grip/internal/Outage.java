package io.gripstream.grip.internal;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether something works that is tried again and again: for a log that says once that it does not,
 * and once that it does again. Thread-safe.
 */
public final class Outage {
  private final AtomicBoolean isOn = new AtomicBoolean();

  /** To be called after a failure; whether the outage begins with it. */
  public boolean begins() {
    return isOn.compareAndSet(false, true);
  }

  /** To be called after a success; whether the outage ends with it. */
  public boolean ends() {
    return isOn.compareAndSet(true, false);
  }
}
