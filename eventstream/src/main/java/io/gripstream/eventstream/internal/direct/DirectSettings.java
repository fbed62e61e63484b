package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.DirectOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Settings of held connections: options of direct mode, settings of both modes, and the sources of
 * time and randomness.
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
