package io.gripstream.eventstream;

import java.time.Instant;

/** The end of a {@link StreamSession}. Immutable. */
public final class SessionEnd {
  /** Why a stream ended. Values may be added: let a {@code switch} have a default branch. */
  public enum Reason {
    /** The client left, or did not take bytes for too long. */
    CLIENT,

    /** A right to read was taken away. */
    FORBIDDEN,

    /** The time from {@link EventStreamConfig#expiry} has passed. */
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

  private final Instant at;
  private final Reason reason;

  private SessionEnd(Instant at, Reason reason) {
    this.at = at;
    this.reason = reason;
  }

  /** Makes an end; applications need this for tests of their callbacks only. */
  public static SessionEnd of(Instant at, Reason reason) {
    return new SessionEnd(at, reason);
  }

  /** When this process learned of it. */
  public Instant at() {
    return at;
  }

  /** Why the stream ended, as far as it is known. */
  public Reason reason() {
    return reason;
  }

  @Override
  public String toString() {
    return "SessionEnd[at=" + at + ", reason=" + reason + "]";
  }
}
