package io.gripstream.eventstream.store;

import org.jspecify.annotations.Nullable;

/** The storage did not do what was asked. The message is one line for a person, without secrets. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a caller can do about it. */
  public enum Kind {
    /** Nothing was stored: too many writers, or a lock was not released within 5 s. Try again. */
    BUSY,
    /** Nothing was stored: the storage cannot be reached, is full, corrupt or not writable. */
    UNAVAILABLE,
    /**
     * It may or may not have been stored. The same draft with an idempotency key is safe to repeat.
     */
    UNKNOWN_OUTCOME,
    /** The draft itself cannot be stored. */
    REFUSED,
    /** The store is closed. */
    CLOSED
  }

  private final Kind kind;

  public StoreException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
