package io.gripstream.eventstream.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Records the changes that a store reports, for tests of a storage. Thread-safe. */
public final class ChangeRecorder implements Consumer<Change> {
  private final CopyOnWriteArrayList<Change> changes = new CopyOnWriteArrayList<>();

  /** Makes a recorder that listens from now on. */
  public static ChangeRecorder of(EventStore store) {
    ChangeRecorder recorder = new ChangeRecorder();
    store.onChange(recorder);
    return recorder;
  }

  @Override
  public void accept(Change change) {
    changes.add(change);
  }

  /** The changes that the store has reported so far, in order. */
  public List<Change> changes() {
    return List.copyOf(changes);
  }

  /** The ids of a channel that were reported with their events, in that order. */
  public List<Long> ownIds(String channel) {
    List<Long> ids = new ArrayList<>();
    for (Change change : changes) {
      if (change instanceof Change.Appended appended) {
        for (Event event : appended.events()) {
          if (event.channel().equals(channel)) {
            ids.add(event.id());
          }
        }
      }
    }
    return ids;
  }

  /**
   * Returns whether the store has reported that other processes wrote to the channel, or may have
   * written to any.
   */
  public boolean toldOfOthers(String channel) {
    return changes.stream()
        .anyMatch(change -> change instanceof Change.Anything
            || (change instanceof Change.Channels channels && channels.names().contains(channel)));
  }

  /**
   * Waits for {@link #toldOfOthers}.
   *
   * @throws AssertionError if it is not true within that time
   */
  public void assertToldOfOthers(String channel, Duration within) {
    Eventually.within(within, () -> assertThat(toldOfOthers(channel)).isTrue());
  }

  /** Forgets what was reported; goes on to listen. */
  public void clear() {
    changes.clear();
  }
}
