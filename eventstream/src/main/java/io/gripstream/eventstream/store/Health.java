package io.gripstream.eventstream.store;

/** Whether something works now; a value, not an exception. */
public sealed interface Health {
  /** It works. */
  Health OK = new Ok();

  /** The only healthy value. */
  record Ok() implements Health {}

  /**
   * It does not work.
   *
   * @param reason one line for a person, without secrets
   */
  record Failed(String reason) implements Health {}
}
