package io.gripstream.grip.publish;

import org.jspecify.annotations.Nullable;

/** An item was not published, or nobody knows whether it was. Messages have no secrets. */
public final class PublishException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What to do about it. */
  public enum Kind {
    /** The proxy refuses this item, and would again; the message has its reason. */
    REJECTED,
    /** The item alone is larger than a request may be (1,000,000 bytes). */
    TOO_LARGE,
    /** The control endpoint wants other credentials (401, 403). */
    UNAUTHORIZED,
    /**
     * No good answer in time: I/O errors, 5xx, 408 or 429. The item may have been published all the
     * same; publish it again with the same id, which is safe.
     */
    UNREACHABLE,
    /** The queue to the proxy is full; the item was not taken in. */
    OVERFLOW,
    /** The publisher was closed before the item was sent. */
    CLOSED
  }

  private final Kind kind;

  /**
   * For publishers, and for tests of what happens when one fails.
   *
   * @param message without secrets: it is logged
   */
  public PublishException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Why it failed. */
  public Kind kind() {
    return kind;
  }
}
