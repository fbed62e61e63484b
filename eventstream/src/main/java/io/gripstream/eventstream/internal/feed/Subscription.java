package io.gripstream.eventstream.internal.feed;

import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one stream is about.
 *
 * @param user whose it is; null: anonymous
 * @param reliable channels with a history, in order of their names
 * @param unreliable channels without, in order of their names
 * @param isPersonal whether what may be read, or what is in it, depends on the user
 * @param until when the right to read ends, if it does
 * @param grant what lets it read, if that can be taken away
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

  /** One whose right to read cannot be taken away by a grant. */
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
