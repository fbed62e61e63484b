package io.gripstream.eventstream.testkit;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.StreamRoutes;
import io.javalin.Javalin;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An event stream of the test's own: events in memory, a clock to move, served on a free port of
 * loopback, without a proxy.
 *
 * <pre>{@code
 * try (StreamServer server = StreamServer.start();
 *     StreamClient client = server.open("/events/news")) {
 *   client.expectOpen();
 *   server.events().send("news", "message", "hello");
 *   client.expectEvent("hello");
 * }
 * }</pre>
 *
 * Serves {@code /events?channel=a&channel=b} and {@code /events/{channel}} unless told otherwise.
 */
public final class StreamServer implements AutoCloseable {
  private final TestClock clock = TestClock.now();
  private final FaultyStore store;
  private final EventStream events;
  private final Javalin javalin;

  private StreamServer(
      FaultyStore store,
      Consumer<EventStreamConfig> configure,
      Consumer<StreamRoutes> routes,
      int port) {
    this.store = store;
    this.events = EventStream.create(config -> {
      config.store(store).clock(clock);
      configure.accept(config);
    });
    this.javalin = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.startup.startupWatcherEnabled = false;
          config.registerPlugin(events.plugin(routes));
        })
        .start("127.0.0.1", port);
  }

  /** Starts one that lets everybody read everything. */
  public static StreamServer start() {
    return start(config -> {});
  }

  /** Starts one with settings of the test; a clock or store that they name replaces ours. */
  public static StreamServer start(Consumer<EventStreamConfig> configure) {
    return start(configure, routes -> routes.query("/events").path("/events/{channel}"));
  }

  /** Starts one with settings and routes of the test. */
  public static StreamServer start(
      Consumer<EventStreamConfig> configure, Consumer<StreamRoutes> routes) {
    return new StreamServer(FaultyStore.inMemory(), configure, routes, 0);
  }

  /** As above, on this port: behind a proxy that must know it before. */
  public static StreamServer start(
      int port, Consumer<EventStreamConfig> configure, Consumer<StreamRoutes> routes) {
    return new StreamServer(FaultyStore.inMemory(), configure, routes, port);
  }

  /** To send with. */
  public EventStream events() {
    return events;
  }

  /** To make faults with. */
  public FaultyStore store() {
    return store;
  }

  /** Moves the time of events, tokens and retention; it stands still by itself. */
  public TestClock clock() {
    return clock;
  }

  public int port() {
    return javalin.port();
  }

  /** The address of a path, which may have a query. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /** Opens a stream from now on. */
  public StreamClient open(String path) {
    return StreamClient.open(uri(path));
  }

  /** Opens a stream where an earlier one left off; null: from now on. */
  public StreamClient resume(String path, @Nullable String lastEventId) {
    return StreamClient.resume(uri(path), lastEventId);
  }

  /** Stops server and event stream. */
  @Override
  public void close() {
    javalin.stop();
    events.close();
  }
}
