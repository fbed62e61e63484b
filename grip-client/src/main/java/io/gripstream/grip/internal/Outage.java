package io.gripstream.grip.internal;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Remembers whether something that is tried repeatedly works, so that a log reports the beginning
 * and the end of an outage once each. Thread-safe.
 */
public final class Outage {
  private final AtomicBoolean isOn = new AtomicBoolean();

  /** Call it after a failure. Returns whether the outage begins now. */
  public boolean begins() {
    return isOn.compareAndSet(false, true);
  }

  /** Call it after a success. Returns whether the outage ends now. */
  public boolean ends() {
    return isOn.compareAndSet(true, false);
  }
}
