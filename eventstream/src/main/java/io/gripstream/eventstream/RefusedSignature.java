package io.gripstream.eventstream;

import java.time.Instant;

/**
 * A {@code Grip-Sig} that was not believed.
 *
 * @param at when it came
 * @param reason why, in words that have no part of it
 */
public record RefusedSignature(Instant at, String reason) {}
