package io.gripstream.eventstream;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One stream of one client, from its request to the end of its connection. A client that returns
 * has a new one. For {@link EventStreamConfig#onOpen} and {@link EventStreamConfig#onClose}. Two
 * sessions are equal if they have the same id. Immutable.
 */
public final class StreamSession {
  private final String id;
  private final @Nullable String user;
  private final List<String> channels;
  private final StreamMode mode;
  private final Instant openedAt;

  private StreamSession(
      String id, @Nullable String user, List<String> channels, StreamMode mode, Instant openedAt) {
    this.id = id;
    this.user = user;
    this.channels = channels;
    this.mode = mode;
    this.openedAt = openedAt;
  }

  /**
   * Makes a session; applications need this for tests of their callbacks only.
   *
   * @param channels in any order
   */
  public static StreamSession of(
      String id,
      @Nullable String user,
      Collection<String> channels,
      StreamMode mode,
      Instant openedAt) {
    return new StreamSession(id, user, List.copyOf(new TreeSet<>(channels)), mode, openedAt);
  }

  /** The same for both callbacks, and for no other stream. */
  public String id() {
    return id;
  }

  /** The user that the application named; null: anonymous. */
  public @Nullable String user() {
    return user;
  }

  /** The channels, in order of their names. Unmodifiable. */
  public List<String> channels() {
    return channels;
  }

  /** The program that holds the connection. */
  public StreamMode mode() {
    return mode;
  }

  /** When the request was answered, in milliseconds. */
  public Instant openedAt() {
    return openedAt;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StreamSession that && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "StreamSession[id=" + id + ", user=" + user + ", channels=" + channels + ", mode=" + mode
        + ", openedAt=" + openedAt + "]";
  }
}
