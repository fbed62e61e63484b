package io.gripstream.eventstream.store;

/**
 * Whether a storage works now: a value, not an exception. Kinds may be added, so compare with
 * {@link #OK}, or let a {@code switch} have a default branch.
 */
public sealed interface StoreHealth {
  /** It works. */
  StoreHealth OK = new Ok();

  /** The only healthy value. */
  record Ok() implements StoreHealth {}

  /**
   * It does not work.
   *
   * @param reason one line for a person, without secrets
   */
  record Failed(String reason) implements StoreHealth {}
}
