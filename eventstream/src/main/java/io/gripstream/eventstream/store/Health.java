package io.gripstream.eventstream.store;

/** Whether something works now; a value, not an exception. */
public sealed interface Health {
  Health OK = new Ok();

  record Ok() implements Health {}

  /** @param reason one line for a person, without secrets */
  record Failed(String reason) implements Health {}
}
