package io.gripstream.eventstream.internal.feed;

import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The subject of one stream.
 *
 * @param user the reader; null: anonymous
 * @param reliable channels with a history, sorted by name
 * @param unreliable channels without a history, sorted by name
 * @param isPersonal whether the permission or the content depends on the user
 * @param until end of the right to read; null: none
 * @param grant the credential that allows the stream, if it can end
 */
public record Subscription(
    @Nullable String user,
    List<String> reliable,
    List<String> unreliable,
    boolean isPersonal,
    @Nullable Instant until,
    @Nullable String grant) {
  public Subscription {
    reliable = List.copyOf(new TreeSet<>(reliable));
    unreliable = List.copyOf(new TreeSet<>(unreliable));
  }

  /** Makes a subscription without a grant. */
  public Subscription(
      @Nullable String user,
      List<String> reliable,
      List<String> unreliable,
      boolean isPersonal,
      @Nullable Instant until) {
    this(user, reliable, unreliable, isPersonal, until, null);
  }

  /** All channels: the reliable ones first. */
  public List<String> channels() {
    return Stream.concat(reliable.stream(), unreliable.stream()).toList();
  }
}
