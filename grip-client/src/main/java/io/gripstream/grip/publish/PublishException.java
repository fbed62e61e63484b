package io.gripstream.grip.publish;

import org.jspecify.annotations.Nullable;

/**
 * Says that an item was not published, or that the outcome is unknown. Messages contain no secrets.
 */
public final class PublishException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * The reason, by what the caller can do. Values may be added: let a {@code switch} have a default
   * branch.
   */
  public enum Kind {
    /** The proxy refuses this item, and would refuse it again; the message has its reason. */
    REJECTED,
    /** The item alone is larger than a request may be (1,000,000 bytes). */
    TOO_LARGE,
    /** The control endpoint refuses the credentials (401, 403). */
    UNAUTHORIZED,
    /**
     * No good answer in time: I/O errors, 5xx, 408 or 429. The item may have been published; it is
     * safe to publish it again with the same id.
     */
    UNREACHABLE,
    /** The queue to the proxy is full; the item was not accepted. */
    OVERFLOW,
    /** The publisher was closed before the item was sent. */
    CLOSED
  }

  private final Kind kind;

  /**
   * For publishers, and for tests of failures.
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
