package io.gripstream.app.server;

import io.gripstream.app.api.Api;
import io.gripstream.app.api.Checkup;
import io.gripstream.app.api.Json;
import io.gripstream.app.api.OfferedChannels;
import io.gripstream.app.api.Revoking;
import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.ChannelPattern;
import io.gripstream.app.auth.WeakSecrets;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.app.metrics.Metrics;
import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.PermissionScope;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.javalin.JavalinCors;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.grip.internal.Secrets;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.json.JavalinJackson3;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server: streams, the API and the pages on one port. Made by {@link #start}; close it once.
 */
public final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private final EventStream events;
  private final Authenticator authenticator;
  private final CurrentRevocations revocations;
  private final Optional<Demos> demos;
  private final Javalin javalin;
  private final Settings settings;
  private final Secret ownKey;
  private final Optional<EventStore> store;

  private Server(
      EventStream events,
      Authenticator authenticator,
      CurrentRevocations revocations,
      Optional<Demos> demos,
      Javalin javalin,
      Settings settings,
      Secret ownKey,
      Optional<EventStore> store) {
    this.events = events;
    this.authenticator = authenticator;
    this.revocations = revocations;
    this.demos = demos;
    this.javalin = javalin;
    this.settings = settings;
    this.ownKey = ownKey;
    this.store = store;
  }

  /**
   * Opens the storage and the port. Blocks.
   *
   * @param ownKey random, made for this process: with it the server reads its own test channel
   * @param isKeyMade whether the API key was made for this run, because none was configured
   * @param checkup what the console checks
   * @throws ConfigException if the settings contradict each other or are not safe
   */
  public static Server start(
      Settings settings, Secret ownKey, boolean isKeyMade, Checkup checkup, Clock clock) {
    Authenticator authenticator = Authenticator.create(
        settings.auth(),
        settings.channelRules(),
        settings.http().host(),
        clock,
        ownKey,
        AppChannels.PROBE,
        isKeyMade);
    Server server = assemble(settings, authenticator, ownKey, isKeyMade, checkup, clock);
    try {
      server.open();
    } catch (RuntimeException e) {
      server.release();
      throw e;
    }
    Connections.warn(settings.streams().maxStreams());
    LOG.info(
        "Serving at {}; proxies: {}; {}",
        server.url(),
        settings.grip().proxies().isEmpty()
            ? "none"
            : settings.grip().proxies().stream()
                .map(proxy -> proxy.grip().name())
                .collect(Collectors.joining(", ")),
        authenticator.isKeyMade()
            ? "no key is configured: the API needs the key that was made for this run"
            : "the API needs a key or token");
    return server;
  }

  /** Makes all parts, and opens nothing. */
  private static Server assemble(
      Settings settings,
      Authenticator authenticator,
      Secret ownKey,
      boolean isKeyMade,
      Checkup checkup,
      Clock clock) {
    checkSecrets(settings);
    Optional<EventStore> store = Events.store(settings, clock);
    CurrentRevocations revocations = new CurrentRevocations(revocations(store, clock), clock);
    Metrics metrics = new Metrics();
    OfferedChannels offered = new OfferedChannels(store, clock);
    AppChannels channels = new AppChannels(
        authenticator,
        revocations,
        settings.auth().anonymousExistingOnly()
            ? channel -> authenticator.namesForAnonymous(channel) || exists(store, channel)
            : channel -> true,
        offered::used);
    Cors cors = Events.cors(settings.streams());
    EventStream events = EventStream.create(config -> Events.configure(config, settings, store)
        .channelManager(channels)
        .user(request -> authenticator.ofStream(request.unwrap(Context.class)).user())
        .expiry(request -> authenticator.ofStream(request.unwrap(Context.class)).until())
        .grants(new AppGrants(authenticator))
        .metrics(metrics)
        .publishMetrics(metrics)
        .clock(clock));
    metrics.observe(events);
    boolean hasDemos = settings.demos() == null ? isKeyMade : settings.demos();
    Optional<Demos> demos =
        hasDemos ? Optional.of(Demos.create(settings.grip())) : Optional.empty();
    try {
      Api api = new Api(
          events,
          authenticator,
          cors,
          settings,
          revocations,
          metrics.registry(),
          offered,
          checkup,
          demos.isPresent(),
          clock);
      Javalin javalin = Javalin.create(config -> {
        http(config, settings);
        config.registerPlugin(
            new EventStreamPlugin(events, routes -> StreamPaths.add(routes, settings.streams())));
        // Also on refusals: without CORS headers a page sees a network error, and retries forever.
        config.routes.before(ctx -> JavalinCors.apply(cors, ctx));
        StreamPaths paths = new StreamPaths(settings.streams(), events, authenticator);
        paths.guard(config.routes);
        demos.ifPresent(all -> {
          config.routes.before("/demo/*", paths::checkHost);
          all.register(config);
        });
        api.register(config.routes);
      });
      return new Server(
          events, authenticator, revocations, demos, javalin, settings, ownKey, store);
    } catch (IllegalArgumentException e) {
      release(revocations, authenticator, events, demos);
      if (settings.streams().routes().isEmpty()) {
        throw e;
      }
      // Only these paths differ between servers.
      throw new ConfigException("routes: a path cannot be served: " + e.getMessage());
    } catch (RuntimeException e) {
      release(revocations, authenticator, events, demos);
      throw e;
    }
  }

  private void open() {
    events.start();
    revocations.open();
    authenticator.open();
    javalin.start(settings.http().host(), settings.http().port());
    revocations.start(entry -> recheck(events, entry));
  }

  private void release() {
    release(revocations, authenticator, events, demos);
  }

  private static void release(
      CurrentRevocations revocations,
      Authenticator authenticator,
      EventStream events,
      Optional<Demos> demos) {
    revocations.close();
    authenticator.close();
    events.close();
    demos.ifPresent(Demos::close);
  }

  private static void recheck(EventStream events, Revoking.Entry entry) {
    if (ChannelPattern.isPattern(entry.channel())) {
      events.permissionChanged(entry.user(), PermissionScope.THIS_PROCESS);
    } else {
      events.permissionChanged(entry.user(), entry.channel(), PermissionScope.THIS_PROCESS);
    }
  }

  /**
   * Makes all parts of a server from its settings, without opening anything.
   *
   * @throws ConfigException as {@link #start}
   */
  public static void check(Settings settings) {
    Clock clock = Clock.systemUTC();
    Authenticator authenticator = Authenticator.create(
        settings.auth(), settings.channelRules(), settings.http().host(), clock, null, "", false);
    Secret unused = new Secret("");
    assemble(settings, authenticator, unused, false, Checkup.NONE, clock).release();
  }

  private static void checkSecrets(Settings settings) {
    ProxyKeys.check(settings);
    Secret signing = settings.grip().secret();
    if (signing != null) {
      WeakSecrets.check("secret", signing.value(), Secrets.MIN_BYTES);
    }
  }

  /** Returns whether the channel ever had a stored event. Blocks for storage. */
  private static boolean exists(Optional<EventStore> store, String channel) {
    return store
        .map(events ->
            events.heads(List.of(channel)).getOrDefault(channel, Head.EMPTY).last() > 0)
        .orElse(false);
  }

  /** In the storage; without one, they last as long as the process. */
  private static Revocations revocations(Optional<EventStore> store, Clock clock) {
    // Not started, because it stores no event: it has no thread and nothing to close.
    return store
        .orElseGet(() -> EventStores.memory(StoreOptions.DEFAULT.withClock(clock)))
        .revocations();
  }

  private static void http(JavalinConfig config, Settings settings) {
    config.startup.showJavalinBanner = false;
    config.router.javaLangErrorHandler(Api::answer);
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.jsonMapper(new JavalinJackson3(Json.mapper(), false));
    config.http.maxRequestSize = settings.http().maxBodyBytes();
    config.jetty.modifyServer(server -> {
      server.setStopTimeout(settings.shutdownTimeout().toMillis());
      server.setErrorHandler(new HttpErrors());
      LenientHttp.use(server);
      Connections.bound(server);
    });
    config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
    if (settings.log().access()) {
      config.requestLogger.http(AccessLog::log);
    }
  }

  /** Method and path of every endpoint. */
  List<String> endpoints() {
    return javalin.unsafe.internalRouter.allHttpHandlers().stream()
        .map(parsed -> parsed.endpoint)
        .filter(endpoint -> endpoint.method.isHttpMethod())
        .map(endpoint -> endpoint.method.name() + " " + endpoint.path)
        .toList();
  }

  /** The port that it listens on. */
  public int port() {
    return javalin.port();
  }

  /** Its own address. */
  public String url() {
    String host = settings.http().host();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  /**
   * A link to the console at this address that logs one browser in, once. Empty if a key is
   * configured. The link is a secret: for the terminal only. The code is behind {@code #}, so that
   * no server or proxy sees or logs it, and the page removes it from the address immediately.
   */
  public Optional<String> consoleLink(String url) {
    return authenticator.console().makeCode().map(code -> url + "/#code=" + code);
  }

  /** Sends a probe through this address until one comes back. */
  public Readiness readiness(String url) {
    return new Readiness(events, url, ownKey);
  }

  /** Why it must be started again, because its storage was replaced; empty: it need not be. */
  public Optional<String> fault() {
    return store.flatMap(EventStore::fault);
  }

  /** Completes requests, ends streams, publishes waiting events, and closes the storage. */
  @Override
  public void close() {
    LOG.info("Stopping: streams are told to reconnect, queued events are published");
    javalin.stop();
    // A request that was under way may have revoked rights.
    revocations.close();
    authenticator.close();
    events.close();
    demos.ifPresent(Demos::close);
  }
}
