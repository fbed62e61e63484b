package io.gripstream.eventstream.internal.direct;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A user on the way in: from before the right to read is asked for, until the stream is in its
 * loop. What is taken away meanwhile is noted here, since there is no stream yet that could be
 * ended. To be closed by whoever asked for it; once it was handed to {@link DirectStreams#open},
 * that does nothing. Thread-safe.
 */
public final class Arrival implements AutoCloseable {
  private final Set<Arrival> all;
  private final @Nullable String user;
  private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Predicate<String> question;
  private volatile boolean isHandedOver;

  private Arrival(Set<Arrival> all, @Nullable String user) {
    this.all = all;
    this.user = user;
  }

  /** @param all those who are on the way */
  static Arrival of(@Nullable String user, Set<Arrival> all) {
    Arrival arrival = new Arrival(all, user);
    if (user != null) {
      all.add(arrival);
    }
    return arrival;
  }

  /** The user may not read that channel any more. */
  void withdraw(String someUser, String channel) {
    if (someUser.equals(user)) {
      withdrawn.add(channel);
    }
  }

  /** Which of these channels the user may not read any more, by name. */
  List<String> withdrawnOf(List<String> channels) {
    return channels.stream().filter(withdrawn::contains).sorted().toList();
  }

  /** What the user may read is to be asked again once the stream is there. */
  void askAgain(String someUser, Predicate<String> mayRead) {
    if (someUser.equals(user)) {
      question = mayRead;
    }
  }

  /** Whether the user may read a channel, to be asked again; it may block. Null: nothing to ask. */
  @Nullable
  Predicate<String> question() {
    return question;
  }

  void handOver() {
    isHandedOver = true;
  }

  /** The stream is in its loop, or will not be. */
  void end() {
    all.remove(this);
  }

  @Override
  public void close() {
    if (!isHandedOver) {
      end();
    }
  }
}
