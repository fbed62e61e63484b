package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.SessionEnd;
import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.StreamSession;
import io.gripstream.eventstream.internal.door.Entrance;
import io.gripstream.eventstream.internal.door.Sink;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.ChannelSet;
import io.gripstream.eventstream.internal.feed.Sessions;
import io.gripstream.eventstream.internal.feed.StreamStart;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user whose stream is being opened: from before the check of permissions until the stream is in
 * its loop. Rights that are revoked meanwhile are noted here, because there is no stream yet that
 * could end. The caller that got it closes it; after a stream was opened, closing has no effect.
 * Thread-safe.
 */
public final class Arrival implements Entrance, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);

  private final Set<Arrival> all;
  private final @Nullable String user;
  private final ConnectionLimits limits;
  private final DirectSettings settings;
  private final ChannelLogs logs;
  private final LoopStreams streams;
  private final Executor questions;
  private final Sessions sessions;
  private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Predicate<String> question;
  private volatile @Nullable Opened opened;

  private Arrival(
      Set<Arrival> all,
      @Nullable String user,
      ConnectionLimits limits,
      DirectSettings settings,
      ChannelLogs logs,
      LoopStreams streams,
      Executor questions,
      Sessions sessions) {
    this.all = all;
    this.user = user;
    this.limits = limits;
    this.settings = settings;
    this.logs = logs;
    this.streams = streams;
    this.questions = questions;
    this.sessions = sessions;
  }

  /** A stream that was admitted. */
  private record Opened(
      StreamStart start, Seat seat, @Nullable StreamSession session) {}

  /**
   * Notes that a stream of a user is being opened.
   *
   * @param all the set of all arrivals
   * @param streams where the stream will be
   * @param questions asks the application, which may block
   */
  static Arrival of(
      Set<Arrival> all,
      @Nullable String user,
      ConnectionLimits limits,
      DirectSettings settings,
      ChannelLogs logs,
      LoopStreams streams,
      Executor questions,
      Sessions sessions) {
    Arrival arrival = new Arrival(all, user, limits, settings, logs, streams, questions, sessions);
    if (user != null) {
      all.add(arrival);
    }
    return arrival;
  }

  /**
   * Answers with a stream. Status 200 and all headers must have been set on the exchange, and
   * nothing may be written to it afterwards. Called on the handler's thread; the stream begins when
   * the request has been handled (after handlers, request log).
   *
   * <p>Above a limit it answers itself: 503 (in total, or while shutting down) or 429 (per user,
   * per address), with {@code Retry-After} in seconds and one sentence of text.
   *
   * @param start where the stream begins and reads storage from
   * @throws IllegalStateException if the server cannot hold streams
   */
  public void open(StreamExchange exchange, StreamStart start) {
    ConnectionLimits.Answer answer = limits.admit(user, exchange.clientAddress());
    if (answer instanceof ConnectionLimits.Answer.Refused refusal) {
      limits.refuse(exchange, refusal);
    } else if (answer instanceof ConnectionLimits.Answer.Admitted admitted) {
      opened =
          new Opened(start, admitted.seat(), sessions.of(start.subscription(), StreamMode.DIRECT));
      try {
        exchange.hold(this, start.opening());
      } catch (RuntimeException | Error e) {
        turnAway();
        throw e;
      }
    }
  }

  @Override
  public Duration keepAlive() {
    return settings.keepAlive();
  }

  @Override
  public Runnable enter(Sink sink, ByteBuffer opening) {
    Opened by = granted();
    Outlet outlet = new Outlet(streams.bench().loop(), sink);
    streams.execute(() -> begin(by, outlet, opening));
    return outlet;
  }

  private void begin(Opened by, Outlet outlet, ByteBuffer opening) {
    StreamStart start = by.start();
    ChannelLog log = logs.enter(ChannelSet.of(start.subscription()), start.head());
    Stream stream = new Stream(streams.bench(), outlet, seat(by), start, streams.audience(log));
    stream.begin(opening);
    if (limits.isClosed()) {
      stream.end(Endings.shutdown(settings));
    }
    List<String> channels = start.subscription().channels();
    List<String> lost = channels.stream().filter(withdrawn::contains).sorted().toList();
    // From here on the stream is found in its loop.
    all.remove(this);
    if (!lost.isEmpty()) {
      stream.end(Endings.forbidden(lost));
    }
    Predicate<String> mayRead = question;
    if (mayRead != null) {
      // The check may block, and a loop must not block.
      questions.execute(() -> ask(stream, channels, mayRead));
    }
  }

  /**
   * Returns the seat of a stream that begins now; giving it back reports the end to the
   * application.
   */
  private Seat seat(Opened by) {
    StreamSession session = by.session();
    if (session == null) {
      return by.seat();
    }
    Seat seat = by.seat();
    sessions.opened(session);
    return why -> {
      seat.leave(why);
      sessions.closed(session, why);
    };
  }

  private void ask(Stream stream, List<String> channels, Predicate<String> mayRead) {
    try {
      List<String> lost =
          channels.stream().filter(channel -> !mayRead.test(channel)).toList();
      if (!lost.isEmpty()) {
        streams.execute(() -> stream.end(Endings.forbidden(lost)));
      }
    } catch (RuntimeException e) {
      LOG.error("Could not check the rights of a user; the client is told to reconnect", e);
      streams.execute(() -> stream.end(Endings.internalError()));
    }
  }

  @Override
  public void turnAway() {
    all.remove(this);
    granted().seat().leave(SessionEnd.Reason.CLIENT);
  }

  private Opened granted() {
    Opened by = opened;
    if (by == null) {
      throw new IllegalStateException("no stream was opened");
    }
    return by;
  }

  /** Notes that the user may not read that channel any more. */
  void withdraw(String someUser, String channel) {
    if (someUser.equals(user)) {
      withdrawn.add(channel);
    }
  }

  /**
   * Notes that permissions must be asked again once the stream is there.
   *
   * @param mayRead may block
   */
  void askAgain(String someUser, Predicate<String> mayRead) {
    if (someUser.equals(user)) {
      question = mayRead;
    }
  }

  @Override
  public void close() {
    if (opened == null) {
      all.remove(this);
    }
  }
}
