package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.DirectOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * By what held connections go: the options for them, what holds in both modes, and where time and
 * chance come from.
 *
 * @param keepAlive a stream without a byte for this time gets a {@code keep-alive} event
 * @param clock tells when a subscription ends
 * @param random spreads the return of clients
 * @param nanoTime measures time spans
 */
public record DirectSettings(
    DirectOptions options,
    Duration keepAlive,
    Clock clock,
    RandomGenerator random,
    LongSupplier nanoTime) {

  public static DirectSettings of(DirectOptions options, Duration keepAlive, Clock clock) {
    return new DirectSettings(
        options, keepAlive, clock, RandomGenerator.getDefault(), System::nanoTime);
  }
}
