package io.gripstream.eventstream;

/**
 * Says that a value breaks a rule: a channel, a type, data, a user or a key. The message names
 * value and rule. An application that passes on values of its clients can answer 400 with the
 * message. Answer 500 to any other {@link IllegalArgumentException}, which is a mistake in the
 * program.
 */
public class InvalidValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** @param message names value and rule; may be shown to the sender of the value */
  public InvalidValueException(String message) {
    super(message);
  }

  /**
   * @param message names value and rule; may be shown to the sender of the value
   * @param cause the exception behind it; its text is not for the sender
   */
  public InvalidValueException(String message, Throwable cause) {
    super(message, cause);
  }
}
