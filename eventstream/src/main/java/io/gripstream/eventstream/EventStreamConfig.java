package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.proxied.Upstream;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.publish.PublishMetrics;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link EventStream} is set up; every setting has a default. Used by one thread, inside
 * {@link EventStream#create}. Functions given here are called from many threads at once, and may
 * block for a moment; what they throw refuses the stream with {@code internal-error}.
 */
public final class EventStreamConfig {
  /** A {@link #secret} has no fewer characters. */
  public static final int MIN_SECRET_LENGTH = 16;

  /** The most that {@link #maxChannels} takes: Pushpin allows a stream 20, and one is for kicks. */
  public static final int MOST_CHANNELS = 19;

  /** The most that {@link #maxEventBytes(int)} takes; a proxy takes 1,000,000 bytes of JSON. */
  public static final int MOST_EVENT_BYTES = 450_000;

  @Nullable
  EventStore store;

  final List<Upstream> upstreams = new ArrayList<>();
  GripPrefix prefix = GripPrefix.NONE;
  final Set<String> trustedProxies = new HashSet<>();
  ChannelManager channels = ChannelManager.DEFAULT;
  Function<StreamRequest, @Nullable String> user = request -> null;
  Function<StreamRequest, @Nullable Instant> expiry = request -> null;
  Grants grants = Grants.NONE;
  byte @Nullable [] secret;
  Cors cors = Cors.NONE;
  int maxChannels = 10;
  int newChannelLimit = 10;
  int maxEventBytes = 256 * 1024;
  Duration keepAlive = Duration.ofSeconds(20);
  DirectOptions direct = DirectOptions.DEFAULT;
  Clock clock = Clock.systemUTC();
  StreamMetrics metrics = StreamMetrics.NOOP;
  PublishMetrics publishMetrics = PublishMetrics.NOOP;

  EventStreamConfig() {}

  List<GripProxy> proxies() {
    return upstreams.stream().map(Upstream::proxy).toList();
  }

  /**
   * Where events are kept. Default: nowhere, and no channel is reliable. Closed with the event
   * stream.
   */
  public EventStreamConfig store(EventStore store) {
    this.store = store;
    return this;
  }

  /** Adds a proxy to publish to, and whose requests are answered with a hold. Default: none. */
  public EventStreamConfig proxy(GripProxy proxy) {
    upstreams.add(new Upstream(proxy, null));
    return this;
  }

  /**
   * Adds a proxy, and where clients reach it. Knowing that, the application holds the kick channels
   * through it as one more client: with many identified users, that spares the proxy asking again
   * for each of them when the first one comes. It takes four connections and threads.
   *
   * <p>A path in it is what the proxy's route takes away before it asks the application (Pushpin's
   * {@code path_rem}): with {@code https://example.com/api}, clients ask for {@code /api/events}
   * where the application serves {@code /events}. Pushpin sends its own requests through the same
   * route once more, so without that path a stream stops after the first of them.
   *
   * @param publicUrl scheme, host and port, such as {@code http://127.0.0.1:7999}; the path, if
   *     there is one, is the same for all proxies
   * @throws IllegalArgumentException if the path has other characters than letters, digits and
   *     {@code / _ . ~ - %}, or another proxy has another one
   */
  public EventStreamConfig proxy(GripProxy proxy, URI publicUrl) {
    String path = PublicPath.of(publicUrl);
    if (upstreams.stream()
        .map(Upstream::publicUrl)
        .anyMatch(other -> other != null && !PublicPath.of(other).equals(path))) {
      throw new IllegalArgumentException("clients reach one proxy under the path \"" + path
          + "\" and another one under another path; follow-up links can have one only");
    }
    upstreams.add(new Upstream(proxy, publicUrl));
    return this;
  }

  /** Empty if no proxy's route takes a part of the path away, or none is known. */
  String publicPath() {
    return upstreams.stream()
        .map(Upstream::publicUrl)
        .filter(Objects::nonNull)
        .map(PublicPath::of)
        .findFirst()
        .orElse("");
  }

  /**
   * Adds a proxy given as a {@code GRIP_URL}.
   *
   * @throws IllegalArgumentException as of {@link GripProxy#parse}
   */
  public EventStreamConfig proxy(String gripUrl) {
    return proxy(GripProxy.parse(gripUrl));
  }

  /**
   * Put before the name of every channel at the proxies ({@code GRIP_PREFIX}), for several
   * applications behind one proxy. All processes of one application have the same. Default:
   * nothing.
   *
   * @throws IllegalArgumentException if a proxy could not read it back
   */
  public EventStreamConfig gripPrefix(String prefix) {
    this.prefix = new GripPrefix(prefix);
    return this;
  }

  /**
   * Adds an address from which a request with a {@code Grip-Sig} is believed although no proxy has
   * a verify key. Default: loopback only.
   *
   * @param address a numeric address as the peer's is written, such as {@code 10.0.0.7}
   */
  public EventStreamConfig trustedProxy(String address) {
    trustedProxies.add(address);
    return this;
  }

  /**
   * What the application says about its channels. Default: everybody reads everything, all is
   * stored.
   */
  public EventStreamConfig channels(ChannelManager channels) {
    this.channels = channels;
    return this;
  }

  /**
   * The user of a stream request; null: anonymous. Asked once per connection, never for what a
   * proxy asks on its own. Default: always anonymous.
   */
  public EventStreamConfig user(Function<StreamRequest, @Nullable String> user) {
    this.user = user;
    return this;
  }

  /**
   * Until when a stream request may be served, such as the {@code exp} of its token; then the
   * stream ends with {@code token-expired}, and its client comes back. To the second. Null: no
   * limit. Default: no limit.
   */
  public EventStreamConfig expiry(Function<StreamRequest, @Nullable Instant> expiry) {
    this.expiry = expiry;
    return this;
  }

  /**
   * What lets stream requests read, so that it can be taken from streams that a proxy holds.
   * Default: {@link Grants#NONE}. Streams that this process holds itself end with it.
   */
  public EventStreamConfig grants(Grants grants) {
    this.grants = grants;
    return this;
  }

  /**
   * Signs follow-up links ({@code GRIPSTREAM_SECRET}). When it is replaced, links signed with the
   * one before are honoured for 24 h more. Default: a random one, kept in the store; without a
   * store, one of this process, so that streams end with it.
   *
   * @throws IllegalArgumentException if it has fewer than 16 characters
   */
  public EventStreamConfig secret(String secret) {
    if (secret.length() < MIN_SECRET_LENGTH) {
      throw new IllegalArgumentException("the secret has " + secret.length()
          + " characters; at least " + MIN_SECRET_LENGTH + " are needed");
    }
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  /** Which pages of other origins may read. Default: none. */
  public EventStreamConfig cors(Cors cors) {
    this.cors = cors;
    return this;
  }

  /**
   * How many channels a stream may have; more are refused with {@code bad-request}. Default 10; at
   * most 19, of Pushpin's 20 (one is for kicks).
   */
  public EventStreamConfig maxChannels(int count) {
    if (count < 1 || count > MOST_CHANNELS) {
      throw new IllegalArgumentException(
          "max channels " + count + " is not within 1 and " + MOST_CHANNELS);
    }
    this.maxChannels = count;
    return this;
  }

  /**
   * How many streams on channels that nobody read lately one client may open at once through a
   * proxy; after that, this number again each 5 s. Beyond, it is told {@code busy} and to try again
   * in 5 s. Such streams make Pushpin ask again, and others wait. Users count for themselves;
   * anonymous clients by address, where a proxy tells it ({@code X-Forwarded-For}) and it is not
   * this machine's. Each process counts what it answers. Default 10; 0: no limit.
   */
  public EventStreamConfig newChannelLimit(int streams) {
    if (streams < 0) {
      throw new IllegalArgumentException("new channel limit " + streams + " is less than 0");
    }
    this.newChannelLimit = streams;
    return this;
  }

  /**
   * The longest event, in bytes on the wire. Default 262,144; at most 450,000, of Pushpin's
   * 1,000,000.
   */
  public EventStreamConfig maxEventBytes(int bytes) {
    if (bytes < 1 || bytes > MOST_EVENT_BYTES) {
      throw new IllegalArgumentException(
          "max event bytes " + bytes + " is not within 1 and " + MOST_EVENT_BYTES);
    }
    this.maxEventBytes = bytes;
    return this;
  }

  /**
   * After how long without a byte a keep-alive is sent. Default 20 s; whole seconds, at least 1.
   */
  public EventStreamConfig keepAlive(Duration keepAlive) {
    if (keepAlive.toSeconds() < 1) {
      throw new IllegalArgumentException("keep-alive " + keepAlive + " is less than a second");
    }
    this.keepAlive = keepAlive;
    return this;
  }

  /**
   * Limits and times of streams that this process holds itself. Default
   * {@link DirectOptions#DEFAULT}.
   */
  public EventStreamConfig direct(DirectOptions direct) {
    this.direct = direct;
    return this;
  }

  /** Gets to know what is counted. Default: nobody. */
  public EventStreamConfig metrics(StreamMetrics metrics) {
    this.metrics = metrics;
    return this;
  }

  /** Gets to know what is counted of publishing to proxies. Default: nobody. */
  public EventStreamConfig publishMetrics(PublishMetrics metrics) {
    this.publishMetrics = metrics;
    return this;
  }

  /** The time. Default: the system's. */
  public EventStreamConfig clock(Clock clock) {
    this.clock = clock;
    return this;
  }
}
