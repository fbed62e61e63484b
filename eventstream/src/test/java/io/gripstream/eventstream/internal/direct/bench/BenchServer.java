package io.gripstream.eventstream.internal.direct.bench;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.internal.direct.Arrival;
import io.gripstream.eventstream.internal.direct.DirectSettings;
import io.gripstream.eventstream.internal.direct.DirectStreams;
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
import io.javalin.http.sse.SseClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server that {@code scripts/bench direct} loads: {@code POST /publish} sends its body,
 * {@code GET /events?channel=x} is a stream.
 *
 * <p>Arguments: the port; then {@code none} (nothing is stored), {@code sqlite:FILE}, or
 * {@code javalin} (Javalin's own {@code sse} instead of ours).
 */
final class BenchServer {
  private BenchServer() {}

  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    if (args[1].equals("javalin")) {
      Queue<SseClient> clients = new ConcurrentLinkedQueue<>();
      run(port, config -> {
        config.routes.sse("/events", client -> {
          client.keepAlive();
          client.onClose(() -> clients.remove(client));
          client.sendEvent("stream-open", "");
          clients.add(client);
        });
        config.routes.post("/publish", ctx -> {
          String data = ctx.body();
          clients.forEach(client -> client.sendEvent("message", data));
          ctx.status(204);
        });
      });
      return;
    }
    EventStore store = args[1].startsWith("sqlite:")
        ? EventStores.sqlite(Path.of(args[1].substring("sqlite:".length())))
        : null;
    if (store != null) {
      store.start();
    }
    Live live = new Live(store);
    live.start();
    History history = new History(store);
    DirectStreams streams = new DirectStreams(
        history,
        live,
        DirectSettings.of(DirectOptions.DEFAULT, Duration.ofSeconds(20), Clock.systemUTC()),
        Sessions.NONE);
    streams.start();
    run(port, config -> {
      DirectServer.apply(config.jetty);
      config.events.serverStopping(streams::drain);
      config.routes.get("/events", ctx -> stream(ctx, history, streams, store != null));
      config.routes.post("/publish", ctx -> publish(ctx, live, store));
    });
  }

  private static void run(int port, Consumer<JavalinConfig> configuration) {
    Javalin app = Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.startup.startupWatcherEnabled = false;
      config.startup.showOldJavalinVersionWarning = false;
      config.jetty.host = "127.0.0.1";
      config.jetty.port = port;
      config.routes.get("/gc", ctx -> {
        System.gc();
        ctx.result("done");
      });
      configuration.accept(config);
    });
    Runtime.getRuntime().addShutdownHook(new Thread(app::stop));
    app.start();
    System.out.println("ready " + app.port());
  }

  private static void stream(
      Context ctx, History history, DirectStreams streams, boolean isStored) {
    List<String> channels = ctx.queryParams("channel");
    Subscription subscription = new Subscription(
        null, isStored ? channels : List.of(), isStored ? List.of() : channels, false, null);
    Start start = history.locate(subscription, ResumePoint.parse(ctx.header("Last-Event-ID")));
    ctx.contentType("text/event-stream")
        .header("Cache-Control", "no-cache, no-store, private, no-transform");
    StreamExchange exchange = (StreamExchange) JavalinRequests.of(ctx);
    Arrival arrival = streams.arrive(exchange, null);
    if (arrival != null) {
      arrival.open(exchange, StreamStart.of(subscription, start));
    }
  }

  private static void publish(Context ctx, Live live, @Nullable EventStore store) {
    String data = ctx.body();
    if (store == null) {
      live.offer(new Event("x", Event.NO_ID, "message", data, Set.of(), Instant.now()));
      ctx.status(204);
    } else {
      ctx.future(() ->
          store.append(Draft.of("x", "message", data)).thenAccept(appended -> ctx.status(204)));
    }
  }
}
