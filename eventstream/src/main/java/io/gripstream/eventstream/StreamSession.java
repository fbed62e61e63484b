package io.gripstream.eventstream;

import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One stream of one client, from its request to the end of its connection. A client that returns
 * has a new one. For {@link EventStreamConfig#onOpen} and {@link EventStreamConfig#onClose}.
 * Immutable.
 *
 * @param id the same for both callbacks, and for no other stream
 * @param user the user that the application named; null: anonymous
 * @param channels in order of their names
 * @param mode the program that holds the connection
 * @param openedAt when the request was answered, in milliseconds
 */
public record StreamSession(
    String id,
    @Nullable String user,
    List<String> channels,
    StreamMode mode,
    Instant openedAt) {
  /** Sorts the channels. */
  public StreamSession {
    channels = List.copyOf(new TreeSet<>(channels));
  }
}
