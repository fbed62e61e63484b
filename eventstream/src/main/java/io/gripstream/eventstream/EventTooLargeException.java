package io.gripstream.eventstream;

/**
 * Says that an event, with the users that it skips, is longer on the wire than
 * {@link EventStreamConfig#maxEventBytes} allows, or has too many channels for its length. Nothing
 * was sent.
 */
public final class EventTooLargeException extends InvalidValueException {
  private static final long serialVersionUID = 1L;

  EventTooLargeException(int bytes, int limit) {
    super("the event has " + bytes + " bytes when encoded, more than " + limit
        + " (max_event_bytes)");
  }

  EventTooLargeException(int bytes, int channels, int most) {
    super("the event has " + bytes + " bytes when encoded, which is too long for " + channels
        + " channels: it may have at most " + most
        + " (max_event_bytes); send it in several parts");
  }
}
