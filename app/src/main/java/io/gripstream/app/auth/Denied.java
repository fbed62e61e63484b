package io.gripstream.app.auth;

/**
 * Refuses a request because of its credential. The message is one sentence for its sender, without
 * secrets.
 */
public final class Denied extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The kind of refusal, by what the caller can do. */
  public enum Kind {
    /** No valid credential: 401. */
    UNAUTHORIZED,
    /** A valid credential that does not allow this, or a {@code Host} that is not served: 403. */
    FORBIDDEN,
    /** Unknown, because the issuer's keys cannot be read: 503. */
    UNAVAILABLE
  }

  private final Kind kind;

  private Denied(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public static Denied unauthorized(String message) {
    return new Denied(Kind.UNAUTHORIZED, message);
  }

  public static Denied forbidden(String message) {
    return new Denied(Kind.FORBIDDEN, message);
  }

  static Denied unavailable(String message) {
    return new Denied(Kind.UNAVAILABLE, message);
  }

  public Kind kind() {
    return kind;
  }
}
