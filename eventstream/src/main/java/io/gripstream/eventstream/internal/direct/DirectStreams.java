package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.feed.Sessions;
import io.gripstream.grip.internal.Threads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams that this process holds itself. Thread-safe; nothing here blocks for a client or for
 * storage.
 *
 * <p>A slow client never delays another. Bytes that do not fit into its socket wait in the shared
 * log, up to {@link DirectOptions#maxQueuedBytes} and {@link DirectOptions#maxQueuedEvents}. Beyond
 * these limits the stream reads storage at its client's pace. If it would miss events that are not
 * stored, it ends with {@code slow}.
 */
public final class DirectStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectStreams.class);

  private static final long DRAIN_MILLIS = 5_000;

  private final DirectSettings settings;
  private final ConnectionLimits limits;
  private final ChannelLogs logs;
  private final Replays replays;
  private final Sessions sessions;
  private final ExecutorService questions = Threads.queue("gripstream-direct-questions");
  private final List<LoopStreams> loops = new ArrayList<>();
  private final AtomicInteger nextLoop = new AtomicInteger();
  private final ScheduledExecutorService timer = Threads.loop("gripstream-direct-timer");
  private final AtomicBoolean isDraining = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private final Set<Arrival> arrivals = ConcurrentHashMap.newKeySet();
  private volatile boolean isStarted;

  /** Starts no thread. */
  public DirectStreams(History history, Live live, DirectSettings settings, Sessions sessions) {
    this.sessions = sessions;
    this.settings = settings;
    this.limits = new ConnectionLimits(settings);
    this.logs = new ChannelLogs(live);
    this.replays = new Replays(history, settings);
    for (int i = 0; i < settings.options().fanOutThreads(); i++) {
      loops.add(new LoopStreams(new Loop(i, settings.nanoTime()), settings, logs, replays));
    }
  }

  /** Begins to hold streams. Call it once; the feed must be started. */
  public void start() {
    long period = period();
    timer.scheduleWithFixedDelay(this::check, period, period, TimeUnit.MILLISECONDS);
    isStarted = true;
  }

  /** Short enough: no keep-alive or time-out is late by more than a tenth of it, or a second. */
  private long period() {
    long shortest = Math.min(
        settings.keepAlive().toMillis(), settings.options().writeTimeout().toMillis());
    return Math.max(10, Math.min(1_000, shortest / 10));
  }

  private void check() {
    loops.forEach(loop -> loop.execute(loop::check));
  }

  /**
   * Notes that a stream of a user is being opened. Call it before the check of permissions, so that
   * {@link #end} also reaches this stream, and before a call of storage, so that refused clients
   * cost no such call.
   *
   * @return to be closed; null: a limit is reached, the refusal was written to the exchange, and
   *     nothing is left to do
   * @throws IllegalStateException if it was not started
   */
  public @Nullable Arrival arrive(StreamExchange exchange, @Nullable String user) {
    if (!isStarted) {
      throw new IllegalStateException("the event stream does not serve yet");
    }
    ConnectionLimits.Answer.Refused refusal = limits.refusal(user, exchange.clientAddress());
    if (refusal != null) {
      limits.refuse(exchange, refusal);
      return null;
    }
    LoopStreams loop = loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
    return Arrival.of(arrivals, user, limits, settings, logs, loop, this::ask, sessions);
  }

  /** At most one question waits per stream that was opened while its user's rights changed. */
  private void ask(Runnable question) {
    try {
      questions.execute(question);
    } catch (RejectedExecutionException closed) {
      LOG.debug("Direct streams are closed; all of them end");
    }
  }

  /**
   * Ends the user's streams on a channel, with {@code forbidden}, which tells the client not to
   * return.
   *
   * @return number of ended streams
   */
  public int end(String user, String channel) {
    arrivals.forEach(arrival -> arrival.withdraw(user, channel));
    // Most calls are about users of other processes, and may be many: they cost the loops nothing.
    if (!limits.hasStreams(user)) {
      return 0;
    }
    return onEach(loop -> end(loop, user, channel), 0).stream()
        .mapToInt(Integer::intValue)
        .sum();
  }

  private static int end(LoopStreams loop, String user, String channel) {
    List<Roster.Member> found = new ArrayList<>();
    loop.forEach(stream -> {
      if (stream.isOf(user) && stream.channels().has(channel)) {
        found.add(stream);
      }
    });
    found.forEach(stream -> stream.end(Endings.forbidden(List.of(channel))));
    return found.size();
  }

  /**
   * Asks for each channel of the user's streams, and ends streams with a channel that the user may
   * not read any more. Asks on this thread, never on a loop.
   */
  public void recheck(String user, Predicate<String> mayRead) {
    arrivals.forEach(arrival -> arrival.askAgain(user, mayRead));
    if (!limits.hasStreams(user)) {
      return;
    }
    for (String channel : channels(user)) {
      if (!mayRead.test(channel)) {
        end(user, channel);
      }
    }
  }

  /** The channels of a user's streams, each one once. */
  private Set<String> channels(String user) {
    Set<String> all = new TreeSet<>();
    onEach(loop -> channels(loop, user), Set.<String>of()).forEach(all::addAll);
    return all;
  }

  private static Set<String> channels(LoopStreams loop, String user) {
    Set<String> channels = new HashSet<>();
    loop.forEach(stream -> {
      if (stream.isOf(user)) {
        channels.addAll(stream.channels().reliable());
        channels.addAll(stream.channels().unreliable());
      }
    });
    return channels;
  }

  /** Asks each loop, and waits up to 5 s for all answers. Without streams there are none. */
  private <T> List<T> onEach(Function<LoopStreams, T> question, T otherwise) {
    if (!isStarted) {
      return List.of();
    }
    List<CompletableFuture<T>> answers = new ArrayList<>();
    for (LoopStreams loop : loops) {
      CompletableFuture<T> answer = new CompletableFuture<>();
      answers.add(answer.completeOnTimeout(otherwise, DRAIN_MILLIS, TimeUnit.MILLISECONDS));
      loop.execute(() -> answer.complete(question.apply(loop)));
    }
    return answers.stream().map(CompletableFuture::join).toList();
  }

  /** Number of streams. */
  public int count() {
    return limits.total();
  }

  /** Number of events written to streams since the start, counted once per stream. */
  public long delivered() {
    return loops.stream().mapToLong(LoopStreams::delivered).sum();
  }

  /** Distance of streams from the front; at most a second old. */
  public Lag lag() {
    return loops.stream().map(LoopStreams::lag).reduce(Lag.NONE, Lag::with);
  }

  /** Number of streams per channel name. */
  public Map<String, Integer> channels() {
    return logs.channels();
  }

  /**
   * Ends all streams cleanly, and admits no more. The last bytes of each stream are a
   * {@code stream-error} with {@code shutdown}, and a {@code retry} that spreads the clients'
   * return. Waits up to 5 s, also if another thread has called it. Clients that are still receiving
   * bytes are left to {@link #close}. Idempotent.
   */
  public void drain() {
    if (isDraining.compareAndSet(false, true)) {
      try {
        limits.close();
        onEach(
            loop -> {
              loop.forEach(stream -> stream.end(Endings.shutdown(settings)));
              return true;
            },
            false);
      } finally {
        drained.complete(null);
      }
    }
    drained.join();
  }

  /** Drains, cuts the remaining streams, and ends the threads. Idempotent. */
  @Override
  public void close() {
    drain();
    timer.shutdownNow();
    replays.close();
    questions.shutdownNow();
    if (isStarted) {
      loops.forEach(LoopStreams::close);
    }
  }
}
