package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.SessionEnd;
import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.StreamSession;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.Admissions;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Replay;
import io.gripstream.eventstream.internal.feed.Sessions;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.KeepAlive;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Answers stream requests that come through a proxy: short answers, each with the complete
 * instruct, after which the proxy holds the client's connection. Thread-safe; blocks for storage.
 *
 * <p>Every answer to a stream with a reliable channel runs through the proxy's build-id filter, so
 * all percent signs of its body are doubled.
 */
public final class ProxiedStreams {
  /** Pushpin 1.36 answers a client's own request with 502 if the body exceeds 100,000 bytes. */
  private static final int MAX_FIRST_BYTES = 90_000;

  /**
   * Maximum size of the headers for the proxy with a gone link. Pushpin answers 502 above 12,000
   * bytes, a server allows 8,192 for all headers, and the application adds others.
   */
  private static final int MAX_INSTRUCT_BYTES = 6_000;

  /** The path segment before the token of a follow-up link. */
  public static final String FOLLOW_UP_SEGMENT = FollowUpLinks.SEGMENT;

  /** The path segment before the token of a gone link. */
  public static final String GONE_SEGMENT = FollowUpLinks.GONE_SEGMENT;

  /** The path segment before the token of a stream of kick channels ({@link Keeper}). */
  public static final String KEEPER_SEGMENT = "~keep";

  private final History history;
  private final SigningKeys keys;
  private final FollowUpLinks links;
  private final NewChannels newChannels;
  private final Proxies proxies;
  private final Sessions sessions;
  private final Answers answers;
  private final FollowUps followUps;
  private final LatelyClosed latelyClosed = new LatelyClosed();

  /**
   * @param proxies receives the answered streams
   * @param sessions receives the opened and closed streams
   * @param secret signs follow-up links; null: a random one, kept in the store
   * @param publicPath the part that the proxy's route removes from a client's path; empty: none
   * @param newChannelLimit maximum number of streams on new channels that a client may open at
   *     once; 0: no limit
   */
  public ProxiedStreams(
      History history,
      Admissions admissions,
      Proxies proxies,
      Sessions sessions,
      @Nullable EventStore store,
      byte @Nullable [] secret,
      GripPrefix prefix,
      String publicPath,
      Duration keepAlive,
      int newChannelLimit,
      Clock clock) {
    this.history = history;
    this.proxies = proxies;
    this.sessions = sessions;
    this.keys = new SigningKeys(store, secret, clock);
    this.links = new FollowUpLinks(publicPath);
    this.newChannels = new NewChannels(newChannelLimit, clock);
    this.answers = new Answers(
        keys,
        GripNames.of(store),
        store != null,
        prefix,
        KeepAlive.of(Frames.KEEP_ALIVE, keepAlive),
        clock);
    this.followUps =
        new FollowUps(history, admissions, proxies, newChannels, keys, links, answers, clock);
  }

  /**
   * Reads the keys of links. Streams that an earlier process answered then survive an outage of the
   * storage that begins now. Blocks for storage.
   */
  public void start() {
    // A storage that has none can be used without proxies.
    if (!proxies.isEmpty()) {
      keys.start();
    }
  }

  /**
   * Tells a client to return in a while if it opens too many streams on new channels. The limit is
   * per user, for anonymous clients per address. Not 429: a browser's {@code EventSource} would
   * give up for good.
   *
   * @return whether the request is answered so
   */
  public boolean refuses(StreamExchange exchange, Subscription subscription) {
    String user = subscription.user();
    Optional<String> client = user == null
        ? ClientAddress.of(exchange.headers("X-Forwarded-For"))
        : Optional.of("user " + user);
    if (client.isEmpty()) {
      newChannels.read(subscription.channels());
      return false;
    }
    if (newChannels.admits(client.get(), subscription.channels(), !isRecent(exchange))) {
      return false;
    }
    FrameBuffer body = new FrameBuffer();
    Frames.retry(body, NewChannels.REFILL);
    Frames.error(
        body,
        Condition.BUSY,
        "Too many streams on channels without other readers; try again in a while.",
        List.of());
    exchange.body(body.toByteArray());
    return true;
  }

  /** Whether the proxy can be told not to ask again for first subscribers. */
  private static boolean isRecent(StreamExchange exchange) {
    return exchange.headers("Grip-Feature").stream()
        .anyMatch(features -> features.contains("link:gone"));
  }

  /**
   * Returns the token of a stream of the {@link Keeper}, to follow its path segment. Blocks for
   * storage.
   */
  public String keeperToken(int number) {
    return keys.writeKeeper(number);
  }

  /**
   * Answers the {@link Keeper}. Nothing is sent on kick channels, but a stream of them takes a
   * connection of the proxy, so clients may not have one.
   *
   * @return whether this installation wrote this token
   */
  public boolean keep(StreamExchange exchange, String token) {
    OptionalInt number = keys.readKeeper(token);
    if (number.isEmpty()) {
      return false;
    }
    answers.write(exchange, answers.kept(number.getAsInt()), new byte[0]);
    return true;
  }

  /** Returns whether {@link #isOurs} is worth calling: the path rules out most requests. */
  public static boolean mayBeOurs(String path) {
    return path.contains("/" + FOLLOW_UP_SEGMENT + "/")
        || path.contains("/" + KEEPER_SEGMENT + "/")
        || path.contains("/" + GONE_SEGMENT + "/");
  }

  /**
   * Returns whether this installation wrote the token at the end of this path: of a follow-up link,
   * of a gone link, or of a stream of the {@link Keeper} under the path of streams.
   *
   * @param servedAt null: nowhere yet
   */
  public boolean isOurs(String path, @Nullable String servedAt) {
    String kept = servedAt + "/" + KEEPER_SEGMENT + "/";
    if (path.startsWith(kept)) {
      return keys.readKeeper(path.substring(kept.length())).isPresent();
    }
    int before = path.lastIndexOf('/');
    String token = path.substring(before + 1);
    String segment = path.substring(path.lastIndexOf('/', before - 1) + 1, before);
    return switch (segment) {
      case FOLLOW_UP_SEGMENT -> keys.read(token).isPresent();
      case GONE_SEGMENT -> areClosed() && keys.readGone(token).isPresent();
      default -> false;
    };
  }

  /** Whether proxies have to report the ends of streams. */
  public boolean areClosed() {
    return sessions.areClosed();
  }

  /**
   * Takes note that the client of a stream has left. Blocks for storage.
   *
   * @return whether this installation wrote this token of a gone link
   */
  public boolean gone(String token) {
    Optional<StreamSession> session = keys.readGone(token);
    session
        .filter(left -> latelyClosed.add(left.id()))
        .ifPresent(left -> sessions.closed(left, SessionEnd.Reason.UNKNOWN));
    return session.isPresent();
  }

  /** Answers a client's own granted request. */
  public void open(StreamExchange exchange, StreamStart start) {
    Subscription subscription = start.subscription();
    byte[] opening = start.opening();
    boolean filtered = !subscription.reliable().isEmpty();
    FrameBuffer body = new FrameBuffer(opening.length + 1_024);
    body.append(opening);
    if (filtered) {
      Percents.doubleIn(body, 0);
    }
    int left = MAX_FIRST_BYTES - body.length();
    if (left < 0) {
      throw new IllegalStateException("initial events make a first answer of " + body.length()
          + " bytes; behind a proxy it can have " + MAX_FIRST_BYTES);
    }
    Replay replay = history.read(
        subscription, start.position(), start.unbroken(), null, left, Percents.writer(filtered));
    if (replay.bytes().length > left) {
      // The first event alone is too long for a first answer: it becomes the next page.
      replay = new Replay(new byte[0], start.position(), false);
    }
    body.append(replay.bytes());
    if (replay.isComplete()) {
      proxies.answered(replay.position());
    }
    StreamSession session = sessions.of(subscription, StreamMode.PROXIED);
    Instruct.Builder instruct =
        answers.instruct(subscription, replay, links.ofStream(exchange.path()));
    if (session != null && sessions.areClosed() && isRecent(exchange)) {
      addGoneLink(instruct, links.ofGone(exchange.path()) + keys.writeGone(session));
    }
    answers.write(exchange, instruct.build(), body.toByteArray());
    if (session != null) {
      sessions.opened(session);
    }
  }

  /** Leaves it out if the headers would be too long: names of channels can be long. */
  private static void addGoneLink(Instruct.Builder instruct, String link) {
    int bytes = link.length();
    for (Map.Entry<String, String> header : instruct.build().headers()) {
      bytes += header.getKey().length() + header.getValue().length();
    }
    if (bytes <= MAX_INSTRUCT_BYTES) {
      instruct.goneLink(link);
    }
  }

  /**
   * Answers a request that the proxy makes by itself, for one stream or for many. Always 200: any
   * other status would end those streams after some retries. An invalid link ends them immediately,
   * and their clients reconnect. While storage does not answer, they continue from their position.
   *
   * @return why the link was refused, for the log; empty if it was not
   */
  public Optional<String> followUp(StreamExchange exchange, GripRequest grip, String token) {
    return followUps.answer(exchange, grip, token);
  }
}
