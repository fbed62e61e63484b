package io.gripstream.app.auth;

/**
 * A request is refused because of its credential. The message is one sentence for its sender, no
 * secrets.
 */
public final class Denied extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whether another credential would help, or none is good enough. */
  public enum Kind {
    /** No valid credential: 401. */
    UNAUTHORIZED,
    /** A valid one that does not allow this, or a place from which this is not served: 403. */
    FORBIDDEN,
    /** Nobody can say yet, since the keys of the issuer cannot be read: 503. */
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
