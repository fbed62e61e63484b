package io.gripstream.app.server;

import io.gripstream.app.api.Api;
import io.gripstream.app.api.Json;
import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.StreamRoutes;
import io.gripstream.grip.GripProxy;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.json.JavalinJackson3;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The server: streams, the API and the pages on one port. Made by {@link #start}; close it once.
 */
public final class Server implements AutoCloseable {
  private final EventStream events;
  private final Javalin javalin;
  private final Settings settings;
  private final Secret ownKey;

  private Server(EventStream events, Javalin javalin, Settings settings, Secret ownKey) {
    this.events = events;
    this.javalin = javalin;
    this.settings = settings;
    this.ownKey = ownKey;
  }

  /**
   * Opens the storage and the port. Blocks.
   *
   * @param ownKey unguessable, made for this process: with it the server reads its own test channel
   * @throws ConfigException if the settings contradict each other or are not safe
   */
  public static Server start(Settings settings, Secret ownKey, Clock clock) {
    String host = settings.http().host();
    Authenticator authenticator =
        Authenticator.create(settings.auth(), host, clock, ownKey, AppChannels.PROBE);
    ProxyKeys.check(settings);
    AppChannels channels =
        new AppChannels(new AppChannels.Names(settings.streams().unreliable()), authenticator);
    EventStream events = EventStream.create(
        config -> Events.configure(config, settings, Events.store(settings.storage()))
            .channels(channels)
            .user(request -> authenticator.ofStream(request).user())
            .expiry(request -> authenticator.ofStream(request).until())
            .clock(clock));
    Javalin javalin = Javalin.create(config -> {
      http(config, settings);
      List<String> paths = new ArrayList<>();
      config.registerPlugin(events.plugin(routes -> routes(routes, settings.streams(), paths)));
      // Before the streams' own answer, which would be a stream that says why it ends.
      for (String path : paths) {
        config.routes.before(path, ctx -> {
          boolean reads =
              ctx.method().name().equals("GET") || ctx.method().name().equals("HEAD");
          if (reads && !events.isFollowUp(ctx)) {
            authenticator.ofStream(ctx);
          }
        });
      }
      Api.register(config.routes, events, authenticator, settings.http());
    });
    try {
      javalin.start(host, settings.http().port());
    } catch (RuntimeException e) {
      events.close();
      throw e;
    }
    return new Server(events, javalin, settings, ownKey);
  }

  private static void http(JavalinConfig config, Settings settings) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.jsonMapper(new JavalinJackson3(Json.mapper(), false));
    config.http.maxRequestSize = settings.http().maxBodyBytes();
    config.jetty.modifyServer(
        server -> server.setStopTimeout(settings.shutdownTimeout().toMillis()));
    config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
  }

  private static void routes(StreamRoutes routes, Settings.Streams streams, List<String> paths) {
    routes.query("/events").path("/events/{channel}");
    paths.addAll(List.of("/events", "/events/{channel}"));
    for (Settings.Route route : streams.routes()) {
      try {
        routes.formats(route.path(), route.channels().toArray(String[]::new));
      } catch (IllegalArgumentException e) {
        throw new ConfigException("routes: " + e.getMessage());
      }
      paths.add(route.path());
    }
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

  /** Sends a probe through this address until one comes back. */
  public Readiness readiness(String url) {
    return new Readiness(events, url, ownKey);
  }

  /** The names of the proxies. */
  public List<String> proxies() {
    return settings.grip().proxies().stream().map(GripProxy::name).toList();
  }

  /**
   * Lets requests end, tells streams to come back, publishes what waits, and closes the storage.
   */
  @Override
  public void close() {
    javalin.stop();
    events.close();
  }
}
