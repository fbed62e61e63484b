package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.feed.Sessions;
import io.gripstream.eventstream.internal.feed.Start;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.ResumePoint;
import io.gripstream.eventstream.javalin.DirectServer;
import io.gripstream.eventstream.javalin.JavalinRequests;
import io.gripstream.eventstream.store.EventStore;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A Javalin server with one stream route and nothing else:
 * {@code /events?channel=a&channel=u-b&user=me&until=MILLIS}. Channels that begin with {@code u-}
 * are unreliable.
 */
final class BareServer implements AutoCloseable {
  private final EventStore store;
  private final Live live;
  private final History history;
  private final DirectStreams streams;
  private final Javalin app;

  private BareServer(
      EventStore store, DirectSettings settings, Consumer<JavalinConfig> configuration) {
    this.store = store;
    store.start();
    live = new Live(store);
    live.start();
    history = new History(store);
    streams = new DirectStreams(history, live, settings, Sessions.NONE);
    streams.start();
    app = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.startup.startupWatcherEnabled = false;
          config.startup.showOldJavalinVersionWarning = false;
          config.jetty.host = "127.0.0.1";
          config.jetty.port = 0;
          DirectServer.apply(config.jetty);
          config.events.serverStopping(streams::drain);
          config.routes.get("/events", this::stream);
          config.routes.get("/large", ctx -> ctx.result("large ".repeat(5_000)));
          config.routes.get("/plain", ctx -> ctx.result("plain"));
          configuration.accept(config);
        })
        .start();
  }

  static BareServer start() {
    return start(DirectOptions.DEFAULT);
  }

  static BareServer start(DirectOptions options) {
    return start(EventStores.memory(), options, config -> {});
  }

  static BareServer start(
      EventStore store, DirectOptions options, Consumer<JavalinConfig> configuration) {
    return new BareServer(store, settings(options), configuration);
  }

  static BareServer start(DirectSettings settings) {
    return new BareServer(EventStores.memory(), settings, config -> {});
  }

  /** These options, and else what an event stream has by default. */
  static DirectSettings settings(DirectOptions options) {
    return DirectSettings.of(options, Duration.ofSeconds(20), Clock.systemUTC());
  }

  private void stream(Context ctx) {
    StreamExchange exchange = (StreamExchange) JavalinRequests.of(ctx);
    String user = ctx.queryParam("user");
    Arrival arrival = streams.arrive(exchange, user);
    if (arrival == null) {
      return;
    }
    List<String> channels = ctx.queryParams("channel");
    String until = ctx.queryParam("until");
    Subscription subscription = new Subscription(
        user,
        channels.stream().filter(name -> !name.startsWith("u-")).toList(),
        channels.stream().filter(name -> name.startsWith("u-")).toList(),
        user != null,
        until == null ? null : Instant.ofEpochMilli(Long.parseLong(until)));
    Start start = history.locate(subscription, ResumePoint.parse(ctx.header("Last-Event-ID")));
    ctx.contentType("text/event-stream")
        .header("Cache-Control", "no-cache, no-store, private, no-transform");
    arrival.open(exchange, StreamStart.of(subscription, start));
    if (ctx.attribute("fail") != null) {
      throw new IllegalStateException("the test told the handler to fail");
    }
  }

  int port() {
    return app.port();
  }

  Javalin app() {
    return app;
  }

  EventStore store() {
    return store;
  }

  DirectStreams streams() {
    return streams;
  }

  void send(String channel, String data) {
    send(channel, data, Set.of());
  }

  void send(String channel, String data, Set<String> skipUsers) {
    if (channel.startsWith("u-")) {
      live.offer(new Event(channel, Event.NO_ID, "message", data, skipUsers, Instant.EPOCH));
    } else {
      store
          .append(Draft.of(channel, "message", data).withSkippedUsers(skipUsers))
          .orTimeout(10, TimeUnit.SECONDS)
          .join();
    }
  }

  /** Waits until this number of streams is held. */
  BareServer awaitCount(int count) {
    await("streams held: " + count, () -> streams.count() == count);
    return this;
  }

  static void await(String what, BooleanSupplier isSo) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!isSo.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      // Spinning would take the processor from what it waits for.
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    app.stop();
    streams.close();
    live.close();
    store.close();
  }
}
