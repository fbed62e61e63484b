package io.gripstream.grip;

import java.time.Instant;

/**
 * A {@code Grip-Sig} that was not believed.
 *
 * @param at when it came
 * @param reason why, for a program
 * @param detail why, in words that have no part of it
 */
public record RefusedSignature(Instant at, GripSig.Reason reason, String detail) {}
