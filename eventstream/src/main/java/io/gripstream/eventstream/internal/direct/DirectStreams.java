package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.internal.feed.Admissions;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.feed.Start;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.grip.internal.Threads;
import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams that this process holds itself. Thread-safe; nothing here blocks for a client or for
 * storage.
 *
 * <p>A slow client never delays another: what does not fit into its socket waits in the shared log,
 * within {@link DirectOptions#maxQueuedBytes} and {@link DirectOptions#maxQueuedEvents}; past them
 * it reads on from storage at its own pace, or, if it would miss events that are not stored, its
 * stream ends with {@code slow}.
 */
public final class DirectStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectStreams.class);

  private static final long DRAIN_MILLIS = 5_000;

  private final DirectSettings settings;
  private final Admission admission;
  private final Rooms rooms;
  private final Replays replays;
  private final List<Loop> loops = new ArrayList<>();
  private final AtomicInteger nextLoop = new AtomicInteger();
  private final ScheduledExecutorService timer;
  private final AtomicBoolean isDraining = new AtomicBoolean();
  private final Set<Arrival> arrivals = ConcurrentHashMap.newKeySet();

  /** Starts the threads. The feed must have been started. */
  public DirectStreams(History history, Live live, DirectSettings settings) {
    this.settings = settings;
    DirectOptions options = settings.options();
    this.admission = new Admission(options);
    this.rooms = new Rooms(live);
    this.replays = new Replays(history, settings);
    for (int i = 0; i < options.fanOutThreads(); i++) {
      loops.add(new Loop(i, settings, rooms, replays));
    }
    this.timer = Threads.loop("gripstream-direct-timer");
    long period = period();
    timer.scheduleWithFixedDelay(this::check, period, period, TimeUnit.MILLISECONDS);
  }

  /** Often enough that nothing is late by more than a tenth, or a second. */
  private long period() {
    long shortest = Math.min(
        settings.keepAlive().toMillis(), settings.options().writeTimeout().toMillis());
    return Math.max(10, Math.min(1_000, shortest / 10));
  }

  private void check() {
    loops.forEach(loop -> loop.execute(loop::check));
  }

  /**
   * Whether a stream for this user would be refused now; then the refusal has been written, and
   * nothing is left to do. To be asked before storage is, so that a storm of clients costs nothing.
   */
  public boolean refuses(Context ctx, @Nullable String user) {
    Admission.Answer.Refused refusal = admission.refusal(user, ctx.ip());
    if (refusal != null) {
      refuse(ctx, refusal);
    }
    return refusal != null;
  }

  /**
   * Notes that a user is on the way in. To be done before it is asked what the user may read, so
   * that {@link #end} reaches a stream, too, that is just being opened.
   */
  public Arrival arriving(@Nullable String user) {
    return Arrival.of(user, arrivals);
  }

  /**
   * Answers a GET with a stream. Status 200 and all headers must have been set on the context, and
   * nothing may be written to it afterwards. Called on the handler's thread; the stream begins when
   * the request has been handled (after handlers, request log). If those change the status or write
   * a body, that is answered, and there is no stream.
   *
   * <p>Above a limit it answers itself: 503 (in total, or while shutting down) or 429 (per user,
   * per address), with {@code Retry-After} in seconds and one sentence of text.
   *
   * @param start where the stream begins; it reads on from storage from {@code start.position()}
   * @param opening the first bytes
   * @param arrival what was noted since the user's rights were asked for
   * @throws IllegalStateException if the request is not served by Javalin's Jetty
   */
  public void open(
      Context ctx, Subscription subscription, Start start, byte[] opening, Arrival arrival) {
    Admission.Answer answer = admission.admit(subscription.user(), ctx.ip());
    if (answer instanceof Admission.Answer.Refused refusal) {
      refuse(ctx, refusal);
    } else if (answer instanceof Admission.Answer.Admitted admitted) {
      open(ctx, subscription, start, opening, arrival, admitted.seat());
    }
  }

  private void open(
      Context ctx,
      Subscription subscription,
      Start start,
      byte[] opening,
      Arrival arrival,
      Seat seat) {
    Loop loop = loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
    Entrance entrance = new Entrance() {
      @Override
      public Loop loop() {
        return loop;
      }

      @Override
      public Stream enter(Outlet outlet, ByteBuffer bytes) {
        Stream stream = new Stream(loop, outlet, seat, subscription, start);
        stream.begin(bytes);
        if (isDraining.get()) {
          stream.end(shutdown());
        }
        List<String> withdrawn = arrival.withdrawnOf(subscription.channels());
        // From here on the stream is found in its loop.
        arrival.end();
        if (!withdrawn.isEmpty()) {
          forbid(stream, withdrawn);
        }
        Predicate<String> question = arrival.question();
        if (question != null) {
          // It may block, which a loop must not.
          CompletableFuture.runAsync(() -> ask(loop, stream, subscription.channels(), question));
        }
        return stream;
      }

      @Override
      public void turnAway() {
        arrival.end();
        seat.leave();
      }
    };
    ServletContextRequest request = ServletContextRequest.getServletContextRequest(ctx.req());
    if (request == null) {
      seat.leave();
      throw new IllegalStateException("streams need Javalin's own Jetty server");
    }
    arrival.handOver();
    if (request.getConnectionMetaData().getHttpVersion().getVersion()
        <= HttpVersion.HTTP_1_1.getVersion()) {
      Takeover.prepare(request, entrance, opening);
    } else {
      ResponseOutlet.prepare(ctx, request, entrance, opening);
    }
  }

  private void refuse(Context ctx, Admission.Answer.Refused refusal) {
    DirectOptions options = settings.options();
    long spread = Math.max(1, options.retrySpread().toSeconds());
    long seconds = Math.max(1, options.retryAtLeast().toSeconds())
        + (long) (settings.random().nextDouble() * spread);
    ctx.status(refusal.status())
        .header("Retry-After", Long.toString(seconds))
        .contentType("text/plain; charset=utf-8")
        .result(refusal.reason() + "\n");
  }

  /**
   * Ends the streams of a user on a channel: the user may not read it any more ({@code forbidden},
   * which tells the client not to come back).
   *
   * @return how many
   */
  public int end(String user, String channel) {
    arrivals.forEach(arrival -> arrival.withdraw(user, channel));
    List<CompletableFuture<Integer>> counts = new ArrayList<>();
    for (Loop loop : loops) {
      CompletableFuture<Integer> count = new CompletableFuture<>();
      counts.add(count);
      loop.execute(() -> count.complete(end(loop, user, channel)));
    }
    return counts.stream()
        .mapToInt(count ->
            count.completeOnTimeout(0, DRAIN_MILLIS, TimeUnit.MILLISECONDS).join())
        .sum();
  }

  /**
   * Asks for each channel of the user's streams, and ends those streams that read one which the
   * user may not read any more. Asks on this thread, never on a loop.
   */
  public void recheck(String user, Predicate<String> mayRead) {
    arrivals.forEach(arrival -> arrival.askAgain(user, mayRead));
    for (String channel : channels(user)) {
      if (!mayRead.test(channel)) {
        end(user, channel);
      }
    }
  }

  /** What a user's streams read, each channel once. */
  private Set<String> channels(String user) {
    List<CompletableFuture<Set<String>>> answers = new ArrayList<>();
    for (Loop loop : loops) {
      CompletableFuture<Set<String>> answer = new CompletableFuture<>();
      answers.add(answer);
      loop.execute(() -> {
        Set<String> channels = new HashSet<>();
        loop.forEach(stream -> {
          if (stream.isOf(user)) {
            channels.addAll(stream.channels().reliable());
            channels.addAll(stream.channels().unreliable());
          }
        });
        answer.complete(channels);
      });
    }
    Set<String> all = new TreeSet<>();
    answers.forEach(answer -> all.addAll(
        answer.completeOnTimeout(Set.of(), DRAIN_MILLIS, TimeUnit.MILLISECONDS).join()));
    return all;
  }

  private static void ask(
      Loop loop, Stream stream, List<String> channels, Predicate<String> mayRead) {
    try {
      List<String> withdrawn =
          channels.stream().filter(channel -> !mayRead.test(channel)).toList();
      if (!withdrawn.isEmpty()) {
        loop.execute(() -> forbid(stream, withdrawn));
      }
    } catch (RuntimeException e) {
      LOG.error("Could not check the rights of a user; the client is told to reconnect", e);
      loop.execute(() -> stream.end(
          Condition.INTERNAL_ERROR, "The server cannot serve this stream now.", List.of()));
    }
  }

  private static int end(Loop loop, String user, String channel) {
    List<Stream> found = new ArrayList<>();
    loop.forEach(stream -> {
      if (stream.isOf(user, channel)) {
        found.add(stream);
      }
    });
    found.forEach(stream -> forbid(stream, List.of(channel)));
    return found.size();
  }

  private static void forbid(Stream stream, List<String> channels) {
    var refused = Admissions.forbidden(channels);
    stream.end(refused.condition(), refused.text(), refused.channels());
  }

  /** How many streams are held. */
  public int count() {
    return admission.total();
  }

  /** How many events were written to streams since the start: each counts once per stream. */
  public long delivered() {
    return loops.stream().mapToLong(Loop::delivered).sum();
  }

  /** How many streams each channel has, by name. */
  public Map<String, Integer> channels() {
    return rooms.channels();
  }

  /**
   * Ends all streams cleanly, and admits no more. The last bytes of each are a {@code stream-error}
   * with {@code shutdown}, and a {@code retry} that spreads the clients' return. Waits up to 5 s;
   * clients that are in the midst of taking bytes then are left to {@link #close}. Idempotent.
   */
  public void drain() {
    if (!isDraining.compareAndSet(false, true)) {
      return;
    }
    admission.close();
    List<CompletableFuture<Void>> drained = new ArrayList<>();
    for (Loop loop : loops) {
      CompletableFuture<Void> all = new CompletableFuture<>();
      drained.add(all);
      loop.execute(() -> {
        loop.forEach(stream -> stream.end(shutdown()));
        all.complete(null);
      });
    }
    CompletableFuture.allOf(drained.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, DRAIN_MILLIS, TimeUnit.MILLISECONDS)
        .join();
  }

  private Frame shutdown() {
    DirectOptions options = settings.options();
    long spread = options.retrySpread().toMillis();
    return Endings.shutdown(
        options.retryAtLeast().toMillis() + (long) (settings.random().nextDouble() * spread));
  }

  /** Drains, cuts what is left, and ends the threads. Idempotent. */
  @Override
  public void close() {
    drain();
    timer.shutdownNow();
    replays.close();
    for (Loop loop : loops) {
      loop.execute(() -> loop.forEach(Stream::leave));
      loop.close();
    }
  }
}
