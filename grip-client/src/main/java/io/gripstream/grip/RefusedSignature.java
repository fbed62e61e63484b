package io.gripstream.grip;

import java.time.Instant;

/**
 * A {@code Grip-Sig} that was refused.
 *
 * @param at time of the request
 * @param reason the reason, for a program
 * @param detail the reason in words, without any part of the signature
 */
public record RefusedSignature(Instant at, GripSig.Reason reason, String detail) {}
