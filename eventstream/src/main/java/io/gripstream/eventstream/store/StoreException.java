package io.gripstream.eventstream.store;

import org.jspecify.annotations.Nullable;

/**
 * Says that the storage refused or failed to do its work. The message is one line for a person,
 * without secrets.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the caller can do. Values may be added: let a {@code switch} have a default branch. */
  public enum Kind {
    /**
     * Nothing was stored: too many drafts wait, or a lock was not released within the busy timeout
     * of {@link StoreOptions}. Try again.
     */
    BUSY,
    /** Nothing was stored: the storage cannot be reached, or is full, corrupt or not writable. */
    UNAVAILABLE,
    /** The draft may or may not have been stored. With an idempotency key it is safe to repeat. */
    UNKNOWN_OUTCOME,
    /** The store is closed. */
    CLOSED,
    /**
     * Nothing was stored: another storage took the place of the one that was opened, or it lost
     * events. This store never works again; see {@link EventStore#fault}.
     */
    REPLACED
  }

  private final Kind kind;

  /**
   * @param kind what the caller can do
   * @param message one sentence for a person, without text of the driver
   * @param cause the driver's exception; null: none
   */
  public StoreException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /**
   * Nothing was stored, because the maximum number of drafts, {@code waiting}, wait or are in
   * progress.
   */
  public static StoreException busy(int waiting) {
    return new StoreException(
        Kind.BUSY, "storage is busy: " + waiting + " events are waiting to be stored", null);
  }

  /** The store was closed. */
  public static StoreException closed() {
    return new StoreException(Kind.CLOSED, "the event store is closed", null);
  }

  /** What the caller can do. */
  public Kind kind() {
    return kind;
  }
}
