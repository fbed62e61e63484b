package io.gripstream.eventstream;

/**
 * An event is longer on the wire, with the users that it skips, than
 * {@link EventStreamConfig#maxEventBytes} allows. Nothing was sent.
 */
public final class EventTooLargeException extends InvalidValueException {
  private static final long serialVersionUID = 1L;

  EventTooLargeException(int bytes, int limit) {
    super("the event has " + bytes + " bytes when encoded, more than " + limit
        + " (max_event_bytes)");
  }
}
