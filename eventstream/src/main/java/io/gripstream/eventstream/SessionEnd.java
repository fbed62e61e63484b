package io.gripstream.eventstream;

import java.time.Instant;

/**
 * The end of a {@link StreamSession}.
 *
 * @param at when this process learned of it
 * @param reason why, as far as it is known
 */
public record SessionEnd(Instant at, Reason reason) {
  /** Why a stream ended. */
  public enum Reason {
    /** The client left, or did not take bytes for too long. */
    CLIENT,

    /** A right to read was taken away. */
    FORBIDDEN,

    /** The time from {@link EventStreamConfig#expiry} is over. */
    TOKEN_EXPIRED,

    /** The client would have missed events that are not stored. */
    SLOW,

    /** The server stops. */
    SHUTDOWN,

    /** The history could not be read. */
    INTERNAL_ERROR,

    /** A proxy held the stream, and proxies do not report the reason. */
    UNKNOWN
  }
}
