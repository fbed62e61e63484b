package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.testkit.FaultyStore;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real Pushpin that asks on behalf of clients, and the application that it asks. */
abstract class AskedByPushpin {
  @TempDir
  Path directory;

  final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  final Queue<String> followUps = new ConcurrentLinkedQueue<>();
  final Queue<String> given = new ConcurrentLinkedQueue<>();
  final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
  final Set<String> kept = ConcurrentHashMap.newKeySet();
  volatile boolean isBroken;
  FaultyStore store;
  int port;
  Pushpin pushpin;
  EventStream events;

  @Nullable
  Javalin server;

  @BeforeEach
  void startProxy() {
    port = Ports.free(1).get(0);
    pushpin = Pushpin.builder()
        .route("* 127.0.0.1:" + port)
        // So that it asks a second after a channel's first subscriber; 1.36 always does.
        .handlerSetting("update_on_first_subscription", "true")
        .start();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop();
    }
    pushpin.close();
  }

  /** Users are named by a cookie; {@code guard} is the application's own login. */
  void serve(Consumer<Context> guard) {
    serve(guard, config -> config.proxy(pushpin.gripUrl()));
  }

  void serve(Consumer<Context> guard, Consumer<EventStreamConfig> proxy) {
    start(guard, proxy);
    pushpin.awaitStream("/events?channel=ready", Map.of("Cookie", "user=ready"));
  }

  void start(Consumer<Context> guard, Consumer<EventStreamConfig> proxy) {
    ChannelManager manager = new ChannelManager() {
      @Override
      public boolean canRead(@Nullable String user, String channel) {
        if (isBroken) {
          throw new IllegalStateException("the application's database is away");
        }
        return !forbidden.contains(user + " " + channel);
      }
    };
    store = FaultyStore.of(EventStores.sqlite(database()));
    events = EventStream.create(config -> {
      proxy.accept(config);
      config
          .store(store)
          .channelManager(manager)
          .user(ctx -> ctx.cookie("user"))
          .expiry(
              ctx -> ctx.header("X-Until") == null ? null : Instant.parse(ctx.header("X-Until")));
    });
    server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.routes.before(ctx -> {
            if (isFollowUp(ctx)) {
              followUps.add(ctx.path());
            }
            guard.accept(ctx);
          });
          config.routes.after(ctx -> {
            if (isFollowUp(ctx)) {
              answers.add(ctx.statusCode());
            } else if (ctx.path().contains("/~keep/")) {
              kept.add(ctx.path() + " " + ctx.statusCode());
            } else if ("a".equals(ctx.queryParam("channel"))) {
              given.add(String.valueOf(ctx.res().getHeader("Grip-Link")));
            }
          });
          config.registerPlugin(
              new EventStreamPlugin(events, routes -> routes.queryParam("/events")));
        })
        .start("127.0.0.1", port);
  }

  /** As a publisher does that is killed between its commit and its publish. */
  void storeUnpublished(String channel, String data, String... skipUsers) {
    try (EventStore other = EventStores.sqlite(database())) {
      other.start();
      other
          .append(Draft.of(channel, "message", data).withSkippedUsers(skipUsers))
          .join();
    }
  }

  /** Asked for a stream of the test, and not for the one that showed that the proxy is ready. */
  static boolean isFollowUp(Context ctx) {
    int token = ctx.path().indexOf("/~next/");
    if (token < 0) {
      return false;
    }
    String body = ctx.path().substring(token + "/~next/".length()).split("\\.")[0];
    return !body.matches("[A-Za-z0-9_-]+")
        || !new String(Base64.getUrlDecoder().decode(body)).contains("ready");
  }

  /** Waits for this number of requests since the application serves. */
  void awaitFollowUps(int count) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (followUps.size() < count && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(followUps).hasSizeGreaterThanOrEqualTo(count);
  }

  /** As after a gap: the proxy follows the links of all its streams. */
  void letItAsk() {
    try (ProxyPublisher publisher = ProxyPublisher.create(pushpin.proxy())) {
      publisher.recover().join();
    }
  }

  StreamClient open(@Nullable String user) {
    return StreamClient.open(
        proxied("/events?channel=a"), user == null ? Map.of() : Map.of("Cookie", "user=" + user));
  }

  URI proxied(String path) {
    return pushpin.uri().resolve(path);
  }

  Path database() {
    return directory.resolve("events.db");
  }
}
