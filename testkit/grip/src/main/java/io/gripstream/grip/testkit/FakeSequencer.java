package io.gripstream.grip.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Delays an item until the item that it names as the one before it has passed, or until a time-out.
 * It knows the last id of a channel only while the channel is held, so the first item for a new
 * subscriber never waits.
 */
final class FakeSequencer {

  private static final class Line {
    private @Nullable String lastId;
    private final List<FakeItem> parked = new ArrayList<>();
  }

  private final Consumer<FakeItem> delivery;
  private final Map<String, Line> lines = new HashMap<>();
  private Duration wait = Duration.ofSeconds(5);

  /** @param delivery gets the items in order, one at a time; must not block */
  FakeSequencer(Consumer<FakeItem> delivery) {
    this.delivery = delivery;
  }

  synchronized void waitAtMost(Duration time) {
    wait = time;
  }

  synchronized void publish(FakeItem item) {
    Line line = lines.computeIfAbsent(item.channel(), channel -> new Line());
    boolean early = line.lastId != null
        && item.prevId() != null
        && !line.lastId.equals(item.prevId())
        && !item.noSeq();
    if (!early) {
      pass(line, item);
      return;
    }
    line.parked.add(item);
    Executor later = CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS);
    later.execute(() -> expire(line, item));
  }

  private synchronized void expire(Line line, FakeItem item) {
    if (line.parked.remove(item)) {
      pass(line, item);
    }
  }

  private void pass(Line line, FakeItem item) {
    Optional<FakeItem> next = Optional.of(item);
    while (next.isPresent()) {
      delivery.accept(next.get());
      line.lastId = next.get().id();
      next = line.parked.stream()
          .filter(parked -> String.valueOf(parked.prevId()).equals(line.lastId))
          .findFirst();
      next.ifPresent(line.parked::remove);
    }
  }

  /**
   * Returns whether the last id on the channel is known and different. That id is then forgotten: a
   * session that asks the origin because of it asks once, even if the answer is just as old.
   */
  synchronized boolean isBehind(String channel, String id) {
    Line line = lines.get(channel);
    if (line == null || line.lastId == null || line.lastId.equals(id)) {
      return false;
    }
    line.lastId = null;
    return true;
  }

  /** Forgets channels that are not held. Items that wait there are dropped. */
  synchronized void forgetUnless(Predicate<String> held) {
    lines.entrySet().removeIf(line -> !held.test(line.getKey()));
  }
}
