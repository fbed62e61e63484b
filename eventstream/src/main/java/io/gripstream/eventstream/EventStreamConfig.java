package io.gripstream.eventstream;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.internal.Secrets;
import io.gripstream.grip.publish.PublishMetrics;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Settings of an {@link EventStream}; every setting has a default. Used by one thread, inside
 * {@link EventStream#create}. Functions given here are called from many threads at once and may
 * block for a moment. If one throws, the stream is refused with {@code internal-error}.
 */
public final class EventStreamConfig {
  /**
   * Maximum of {@link #maxChannels}: Pushpin allows 20 channels per stream, and one is for kicks.
   */
  public static final int MOST_CHANNELS = 19;

  /** Maximum of {@link #maxEventBytes(int)}: a proxy accepts 1,000,000 bytes of JSON. */
  public static final int MOST_EVENT_BYTES = 450_000;

  private static final Duration LONGEST_KEEP_ALIVE = Duration.ofDays(1);

  final StreamSettings settings = new StreamSettings();

  EventStreamConfig() {}

  /**
   * Sets the place where events are kept. It is closed with the event stream. Default: none, and no
   * channel is reliable.
   */
  public EventStreamConfig store(EventStore store) {
    settings.store = store;
    return this;
  }

  /**
   * Sets the store of events as a database URL. Events are kept for 24 h.
   *
   * @throws IllegalArgumentException as {@link EventStores#of(String)}
   * @throws IllegalStateException as {@link EventStores#of(String)}
   */
  public EventStreamConfig store(String databaseUrl) {
    return store(EventStores.of(databaseUrl));
  }

  /**
   * Adds a proxy. Events are published to it, and its requests are answered with a hold. Default:
   * none.
   */
  public EventStreamConfig proxy(GripProxy proxy) {
    settings.addProxy(proxy, null);
    return this;
  }

  /**
   * Adds a proxy, and the address at which clients reach it. With that address the application
   * holds its kick channels through the proxy, as one more client. With many identified users, this
   * saves the proxy a request for each of them when the first one comes. It takes four connections
   * and threads.
   *
   * <p>A path in the address is the part that the proxy's route removes before it asks the
   * application (Pushpin's {@code path_rem}). With {@code https://example.com/api}, clients ask for
   * {@code /api/events} where the application serves {@code /events}. Pushpin sends its own
   * requests through the same route again, so without that path a stream stops after the first of
   * them.
   *
   * @param publicUrl scheme, host and port, such as {@code http://127.0.0.1:7999}; the path, if
   *     there is one, must be the same for all proxies
   * @throws IllegalArgumentException if the path has other characters than letters, digits and
   *     {@code / _ . ~ - %}, or another proxy has another path
   */
  public EventStreamConfig proxy(GripProxy proxy, URI publicUrl) {
    settings.addProxy(proxy, publicUrl);
    return this;
  }

  /**
   * Adds a proxy given as a {@code GRIP_URL}.
   *
   * @throws IllegalArgumentException as {@link GripProxy#parse}
   */
  public EventStreamConfig proxy(String gripUrl) {
    return proxy(GripProxy.parse(gripUrl));
  }

  /**
   * Adds the proxies of an environment: {@code GRIP_URL} (one or several URLs separated by white
   * space), {@code GRIP_VERIFY_KEY}, the key for URLs without {@code verify-key}, and
   * {@code GRIP_VERIFY_KEY_PREVIOUS}, the key that it replaced, for URLs without
   * {@code verify-key-previous}. {@code GRIP_PREFIX}, if it is set, works as {@link #gripPrefix}.
   * Without {@code GRIP_URL} there is no proxy, and the same program serves its streams itself.
   *
   * @param environment such as {@link System#getenv()}
   * @throws IllegalArgumentException if a value is malformed; the message names the variable and
   *     has no key or password
   */
  public EventStreamConfig proxiesFromEnvironment(Map<String, String> environment) {
    GripProxy.fromEnvironment(environment).forEach(this::proxy);
    String prefix = environment.getOrDefault("GRIP_PREFIX", "");
    return prefix.isEmpty() ? this : gripPrefix(prefix);
  }

  /**
   * Sets a prefix for every channel name at the proxies ({@code GRIP_PREFIX}), for several
   * applications behind one proxy. All processes of one application need the same prefix. Default:
   * empty.
   *
   * @throws IllegalArgumentException if a proxy could not read it back
   */
  public EventStreamConfig gripPrefix(String prefix) {
    settings.prefix = new GripPrefix(prefix);
    return this;
  }

  /**
   * Adds an address from which a request with {@code Grip-Sig} is trusted although no proxy has a
   * verify key. Default: loopback only.
   *
   * @param address a numeric address, such as {@code 10.0.0.7} or {@code 2001:db8::7}
   */
  public EventStreamConfig trustedProxy(String address) {
    settings.trustedProxies.add(address);
    return this;
  }

  /** Sets the rules for readers. Default: every user reads every channel. */
  public EventStreamConfig channelManager(ChannelManager manager) {
    settings.channelManager = manager;
    return this;
  }

  /**
   * Sets the rules of each channel: whether it is reliable, how long its events are kept, whether
   * anonymous clients may read it. The function must be pure and cheap, and the same in every
   * process of a storage, whether it serves or only sends. If processes differ, the shortest
   * history applies, and events of a channel that is reliable in some processes only may get lost.
   * Default: {@link ChannelRules#DEFAULT} for every channel.
   */
  public EventStreamConfig channelRules(Function<String, ChannelRules> rules) {
    settings.channelRules = rules;
    return this;
  }

  /**
   * Sets the function that returns the user of a stream request; null: anonymous. Called once per
   * connection, never for a proxy's own requests. Default: always anonymous.
   */
  public EventStreamConfig user(Function<StreamRequest, @Nullable String> user) {
    settings.user = user;
    return this;
  }

  /**
   * Sets the function that returns the time until which a stream may be served, such as the
   * {@code exp} of a token (RFC 7519). Then the stream ends with {@code token-expired}, and its
   * client returns. Precise to the second. Null: no limit. Default: no limit.
   */
  public EventStreamConfig expiry(Function<StreamRequest, @Nullable Instant> expiry) {
    settings.expiry = expiry;
    return this;
  }

  /**
   * Sets the function that names the credential of a stream request. With it, a stream held by a
   * proxy can end when the credential ends. Default: {@link Grants#NONE}. Streams that this process
   * holds end with the process.
   */
  public EventStreamConfig grants(Grants grants) {
    settings.grants = grants;
    return this;
  }

  /**
   * Sets the secret that signs follow-up links ({@code GRIPSTREAM_SECRET}). After it is replaced,
   * links signed with the previous one stay valid for 24 h. Default: a random one, kept in the
   * store; without a store, a random one of this process, and streams end with the process.
   *
   * @throws IllegalArgumentException if it has fewer than {@value Secrets#MIN_BYTES} bytes of UTF-8
   */
  public EventStreamConfig secret(String secret) {
    settings.secret = Secrets.bytes(secret);
    return this;
  }

  /** Writes data with a mapper of Jackson 3, as {@link #json(JsonWriter)} does. */
  public EventStreamConfig json(JsonMapper mapper) {
    return json(mapper::writeValueAsString);
  }

  /**
   * Sets the writer for data that is not a string: in all events, also in the caller's transaction,
   * and in initial events. Every process of the application needs the same writer. The result is
   * checked: if it is not one JSON value, sending fails with {@link IllegalArgumentException}.
   * Default: a mapper of Jackson 3 without settings, which refuses numbers that are not finite.
   */
  public EventStreamConfig json(JsonWriter writer) {
    settings.json = JsonData.by(writer);
    return this;
  }

  /**
   * Sets the callback for a stream that has opened: for presence, counts, or a log. Calls come one
   * after the other on a separate thread, in the process that answered the request. Best effort, at
   * most once for each stream: if 20,000 calls wait, further ones are dropped, with a line in the
   * log and {@link StreamMetrics#sessionDropped}. An exception of the callback is logged and
   * counted. Default: none.
   */
  public EventStreamConfig onOpen(Consumer<StreamSession> callback) {
    settings.onOpen = callback;
    return this;
  }

  /**
   * Sets the callback for a stream that has ended; threads and limits are those of {@link #onOpen}.
   * If a proxy holds the stream, the proxy tells one of the instances, and the callback runs there;
   * the session is the one of {@code onOpen}, even if that ran in another instance. This needs
   * Pushpin 1.41 or later: older versions do not tell the end of a stream, and there is no call.
   * There is also no call when a proxy or a process ends by force. Default: none.
   */
  public EventStreamConfig onClose(BiConsumer<StreamSession, SessionEnd> callback) {
    settings.onClose = callback;
    return this;
  }

  /** Sets which pages of other origins may read. Default: none. */
  public EventStreamConfig cors(Cors cors) {
    settings.cors = cors;
    return this;
  }

  /**
   * Sets the maximum number of channels of a stream; a request for more is refused with
   * {@code bad-request}. Default 10, at most 19: Pushpin allows 20, and one is for kicks.
   */
  public EventStreamConfig maxChannels(int count) {
    settings.maxChannels = StreamSettings.within("max channels", count, MOST_CHANNELS);
    return this;
  }

  /**
   * Limits how fast one client may open streams on new channels through a proxy (channels that had
   * no reader lately). The client may open this number at once, and this number again each 5 s.
   * Beyond that, it gets {@code busy} and tries again after 5 s. Such streams make Pushpin ask
   * again, and other streams wait meanwhile. The limit applies per user. For anonymous clients it
   * applies per address, if a proxy reports one ({@code X-Forwarded-For}) that is not of this
   * machine. Each process counts its own answers. Default 10; 0: no limit.
   */
  public EventStreamConfig newChannelLimit(int streams) {
    if (streams < 0) {
      throw new IllegalArgumentException("new channel limit " + streams + " is less than 0");
    }
    settings.newChannelLimit = streams;
    return this;
  }

  /**
   * Sets the maximum size of an event, in bytes on the wire. Default 262,144, at most 450,000
   * (Pushpin accepts 1,000,000 bytes of JSON).
   */
  public EventStreamConfig maxEventBytes(int bytes) {
    settings.maxEventBytes = StreamSettings.within("max event bytes", bytes, MOST_EVENT_BYTES);
    return this;
  }

  /**
   * Sets the time without a byte after which a keep-alive is sent. Default 20 s.
   *
   * @throws IllegalArgumentException if it is not whole seconds, or not from a second to a day
   */
  public EventStreamConfig keepAlive(Duration keepAlive) {
    if (keepAlive.getNano() != 0
        || keepAlive.toSeconds() < 1
        || keepAlive.compareTo(LONGEST_KEEP_ALIVE) > 0) {
      throw new IllegalArgumentException(
          "keep-alive " + keepAlive + " must be whole seconds, from a second to a day");
    }
    settings.keepAlive = keepAlive;
    return this;
  }

  /**
   * Sets limits and times of streams that this process holds itself. Default
   * {@link DirectOptions#DEFAULT}.
   */
  public EventStreamConfig direct(DirectOptions direct) {
    settings.direct = direct;
    return this;
  }

  /** Sets the receiver of metrics. Default: none. */
  public EventStreamConfig metrics(StreamMetrics metrics) {
    settings.metrics = metrics;
    return this;
  }

  /** Sets the receiver of metrics about publishing to proxies. Default: none. */
  public EventStreamConfig publishMetrics(PublishMetrics metrics) {
    settings.publishMetrics = metrics;
    return this;
  }

  /**
   * Sets the source of time for tokens, links, the ends of streams, and events that are not stored.
   * Default: the system's. Stored events and their retention follow the clock of the store, see
   * {@link io.gripstream.eventstream.store.StoreOptions#withClock}.
   */
  public EventStreamConfig clock(Clock clock) {
    settings.clock = clock;
    return this;
  }
}
