package io.gripstream.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * What became of an event that was sent.
 *
 * @param channel its channel
 * @param id its id, or {@link Event#NO_ID} on an unreliable channel
 * @param position what a client that has it, and only this channel, resumes from; null on an
 *     unreliable channel
 * @param repeated whether it was there before, under the same idempotency key
 */
public record Sent(String channel, long id, @Nullable String position, boolean repeated) {}
