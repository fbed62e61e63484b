package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.direct.DirectSettings;
import io.gripstream.eventstream.internal.direct.DirectStreams;
import io.gripstream.eventstream.internal.feed.Admissions;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.feed.Sessions;
import io.gripstream.eventstream.internal.proxied.ProxiedStreams;
import io.gripstream.eventstream.internal.proxied.Proxies;
import io.gripstream.eventstream.internal.serve.Application;
import io.gripstream.eventstream.internal.serve.FollowUpHandler;
import io.gripstream.eventstream.internal.serve.InitialReading;
import io.gripstream.eventstream.internal.serve.Lifecycle;
import io.gripstream.eventstream.internal.serve.StreamEndpoints;
import io.gripstream.eventstream.internal.serve.StreamHandler;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.ProxyTrust;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an event stream: made from its settings, started and closed in the order in which
 * they need each other. Thread-safe.
 */
final class Parts {
  final @Nullable EventStore store;
  final Proxies proxies;
  final ProxyTrust trust;
  final DirectStreams direct;
  final Sender sender;
  final StoredEvents stored;
  final FollowUpHandler followUps;
  final Permissions permissions;
  final Lifecycle lifecycle;

  private final Grants grants;
  private final Live live;
  private final Sessions sessions;
  private final ProxiedStreams proxied;
  private final String publicPath;
  private final Duration keepAlive;
  private final StreamHandler handler;

  @SuppressWarnings(
      "ReferenceEquality") // "No rules" is recognised by identity: two lambdas are never equal.
  Parts(StreamSettings settings) {
    this.store = settings.store;
    if (store != null && settings.channelRules != StreamSettings.NO_RULES) {
      store.channelRules(settings.channelRules);
    }
    History history = new History(store, settings.metrics);
    this.live = new Live(store);
    this.grants = settings.grants;
    Admissions admissions = new Admissions(
        settings.channelManager,
        settings.channelRules,
        grants,
        history,
        store != null,
        settings.maxChannels);
    this.proxies = new Proxies(
        settings.upstreams,
        settings.prefix,
        store,
        settings.metrics,
        settings.publishMetrics,
        settings.clock);
    this.trust = new ProxyTrust(
        settings.proxies(), settings.prefix, settings.trustedProxies, settings.clock);
    this.publicPath = settings.publicPath();
    this.keepAlive = settings.keepAlive;
    this.sessions =
        new Sessions(settings.onOpen, settings.onClose, settings.metrics, settings.clock);
    this.proxied = new ProxiedStreams(
        history,
        admissions,
        proxies,
        sessions,
        store,
        settings.secret,
        settings.prefix,
        publicPath,
        settings.keepAlive,
        settings.newChannelLimit,
        settings.clock);
    this.direct = new DirectStreams(
        history,
        live,
        DirectSettings.of(settings.direct, settings.keepAlive, settings.clock),
        sessions);
    this.lifecycle = new Lifecycle(sending(), serving());
    this.sender =
        new Sender(settings, admissions::isReliable, live, proxies, lifecycle::startSending);
    this.handler = new StreamHandler(
        new Application(
            settings.channelManager,
            settings.user,
            settings.expiry,
            grants,
            settings.cors,
            settings.metrics),
        trust,
        admissions,
        new InitialReading(settings.channelManager, history, settings.json::text),
        proxied,
        direct);
    this.followUps = new FollowUpHandler(settings.metrics, settings.cors, trust, proxied);
    this.stored = new StoredEvents(
        store, history, settings.maxChannels, admissions::isReliable, lifecycle::startSending);
    this.permissions = new Permissions(
        store, live, settings.channelManager, direct, proxies, lifecycle::startSending);
  }

  StreamEndpoints endpoints(Consumer<StreamRoutes> configure) {
    StreamRoutes routes = new StreamRoutes();
    configure.accept(routes);
    return new StreamEndpoints(
        routes.routes(), handler, followUps, publicPath, lifecycle::startServing);
  }

  private List<Runnable> sending() {
    return store == null ? List.of(proxies::start) : List.of(store::start, proxies::start);
  }

  private List<Consumer<@Nullable String>> serving() {
    return List.of(
        path -> proxied.start(),
        path -> live.start(),
        path -> direct.start(),
        path -> followUps.servedAt(path),
        path -> permissions.listen(),
        path -> proxies.granting(grants.rules()),
        path ->
            proxies.serve(path == null ? null : publicPath + path, proxied::keeperToken, keepAlive),
        path -> trust.warnIfUnsigned());
  }

  /** Idempotent. */
  void close() {
    if (!lifecycle.close()) {
      return;
    }
    direct.close();
    sessions.close();
    permissions.close();
    live.close();
    proxies.close();
    if (store != null) {
      store.close();
    }
  }
}
