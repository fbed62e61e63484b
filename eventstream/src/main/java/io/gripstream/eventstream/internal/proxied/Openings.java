package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Outage;
import io.gripstream.grip.internal.Threads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds events that reached a proxy while the answer to a stream request was on its way there, and
 * makes the proxy ask for that stream.
 *
 * <p>A proxy that already holds streams of the channel sees by the position in the answer that the
 * new stream lacks an event. A proxy without one remembers nothing of the channel. Pushpin 1.36
 * asks a second later for a channel's first stream; 1.41 with
 * {@code update_on_first_subscription=false}, as we configure it, does not: the stream would get
 * the event with the next one, or when its link times out.
 *
 * <p>Thread-safe. Blocks for storage on its own thread only.
 */
final class Openings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Openings.class);

  private static final Duration ROUND = Duration.ofMillis(250);

  /** Time between the answer to a stream and its check. */
  static final Duration LOOK_AFTER = Duration.ofSeconds(2);

  /** By then the proxy holds the stream: an event that comes later tells it what is missing. */
  static final Duration HELD_AFTER = Duration.ofSeconds(1);

  /** All streams of a channel ask at once, and get nothing live until their turn comes. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(2);

  /** If a channel has more new streams than this, the proxy already holds others of it. */
  static final int CROWD = 8;

  private static final Duration CROWD_TIME = Duration.ofSeconds(150);
  private static final int MAX_CHANNELS = 100_000;
  private static final int MAX_WAITING = 100_000;
  private static final int CHANNELS_PER_READ = 500;

  private final EventStore store;
  private final Consumer<String> ask;
  private final Clock clock;
  private final Outage outage = new Outage();
  private final ScheduledExecutorService thread = Threads.loop("gripstream-openings");

  /** In order of the time at which they are due. */
  private final Queue<Opening> waiting = new ArrayDeque<>();

  private final Map<String, Recent> recent = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Recent> eldest) {
      return size() > MAX_CHANNELS;
    }
  };

  /**
   * A stream that was answered.
   *
   * @param id its position in the channel
   */
  private record Opening(String channel, long id, Instant at) {}

  /**
   * The recent streams of a channel.
   *
   * @param opened number of streams since that time
   * @param asked time of the last hint to them
   */
  private record Recent(int opened, Instant since, Instant asked) {
    Recent oneMore(Instant now) {
      return since.plus(CROWD_TIME).isBefore(now)
          ? new Recent(1, now, asked)
          : new Recent(opened + 1, since, asked);
    }
  }

  /** @param ask makes proxies ask for all streams of this channel; must not block */
  Openings(EventStore store, Consumer<String> ask) {
    this.store = store;
    this.ask = ask;
    this.clock = store.clock();
  }

  void start() {
    thread.scheduleWithFixedDelay(
        this::look, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A proxy is about to hold a stream at this position. Does not block. */
  synchronized void answered(Position position) {
    // In the order in which events are stored.
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    for (String channel : position.channels()) {
      Recent known =
          recent.getOrDefault(channel, new Recent(0, now, Instant.EPOCH)).oneMore(now);
      recent.put(channel, known);
      // Without a place in the queue the stream waits for the next event, or for its link.
      if (known.opened <= CROWD && waiting.size() < MAX_WAITING) {
        waiting.add(new Opening(channel, position.id(channel), now));
      }
    }
  }

  /** Looks at the streams that are due. */
  void look() {
    lookAt(takeDue(clock.instant()));
  }

  /**
   * A stream whose time is in the future was answered before the clock was set back. It would delay
   * all later ones.
   */
  private synchronized List<Opening> takeDue(Instant now) {
    List<Opening> due = new ArrayList<>();
    Instant newest = now.minus(LOOK_AFTER);
    for (Opening next = waiting.peek();
        next != null && (!next.at.isAfter(newest) || next.at.isAfter(now));
        next = waiting.peek()) {
      due.add(waiting.remove());
    }
    return due;
  }

  private synchronized List<Opening> takeAll() {
    List<Opening> all = new ArrayList<>(waiting);
    waiting.clear();
    return all;
  }

  private void lookAt(List<Opening> due) {
    for (int from = 0; from < due.size(); from += CHANNELS_PER_READ) {
      List<Opening> some = due.subList(from, Math.min(due.size(), from + CHANNELS_PER_READ));
      try {
        lookAtSome(some);
        if (outage.ends()) {
          LOG.info("New streams at proxies are checked for missing events again");
        }
      } catch (StoreException e) {
        if (outage.begins()) {
          LOG.warn(
              "New streams at proxies cannot be checked for missing events: {}", e.getMessage());
        }
        later(some);
      }
    }
  }

  private void lookAtSome(List<Opening> openings) {
    Set<String> channels = new HashSet<>();
    openings.forEach(opening -> channels.add(opening.channel));
    Map<String, Head> heads = store.heads(channels);
    List<Opening> tooEarly = new ArrayList<>();
    Set<String> asking = new HashSet<>();
    for (Opening opening : openings) {
      long last = heads.getOrDefault(opening.channel, Head.EMPTY).last();
      if (asking.contains(opening.channel) || last <= opening.id || !mayLack(opening, last)) {
        continue;
      }
      if (mayAsk(opening.channel)) {
        asking.add(opening.channel);
        ask.accept(opening.channel);
      } else {
        tooEarly.add(opening);
      }
    }
    later(tooEarly);
  }

  /** Whether no event came after the proxy held the stream. */
  private boolean mayLack(Opening opening, long last) {
    List<Event> newest =
        store.read(opening.channel, last - 1, last, new PageLimit(1, 1)).events();
    return newest.isEmpty() || newest.get(0).at().isBefore(opening.at.plus(HELD_AFTER));
  }

  private synchronized boolean mayAsk(String channel) {
    Instant now = clock.instant();
    Recent known = recent.getOrDefault(channel, new Recent(0, now, Instant.EPOCH));
    if (known.asked.plus(PAUSE).isAfter(now) && !known.asked.isAfter(now)) {
      return false;
    }
    recent.put(channel, new Recent(known.opened, known.since, now));
    return true;
  }

  /** They are looked at again in the next round. */
  private synchronized void later(List<Opening> openings) {
    Instant oldest = clock.instant().minus(GIVE_UP_AFTER);
    List<Opening> rest = new ArrayList<>(waiting);
    waiting.clear();
    openings.stream().filter(opening -> opening.at.isAfter(oldest)).forEach(waiting::add);
    waiting.addAll(rest);
  }

  /** Checks all waiting streams, because there will be no later round, and ends. */
  @Override
  public void close() {
    thread.shutdownNow();
    lookAt(takeAll());
  }
}
