package io.gripstream.eventstream;

/**
 * A value breaks a rule for what may be sent or asked for: a channel, a type, data, a user or a
 * key. The message names value and rule. An application that passes on what its clients sent can
 * answer 400 with the message, and 500 to any other {@link IllegalArgumentException}, which is a
 * mistake in a program.
 */
public class InvalidValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** @param message names value and rule; may be shown to the sender of the value */
  public InvalidValueException(String message) {
    super(message);
  }

  /**
   * @param message names value and rule; may be shown to the sender of the value
   * @param cause what found it; its text is not for the sender
   */
  public InvalidValueException(String message, Throwable cause) {
    super(message, cause);
  }
}
