package io.gripstream.eventstream.testkit;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.StreamRoutes;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.store.EventStore;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
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
  private final @Nullable FaultyStore store;
  private final EventStream events;
  private final Javalin javalin;

  private StreamServer(Builder settings) {
    this.store = settings.store;
    this.events = EventStream.create(config -> {
      if (settings.store != null) {
        config.store(settings.store);
      }
      config.clock(clock);
      settings.configure.accept(config);
    });
    this.javalin = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.startup.startupWatcherEnabled = false;
          config.startup.showOldJavalinVersionWarning = false;
          settings.javalin.accept(config);
          config.registerPlugin(new EventStreamPlugin(events, settings.routes));
        })
        .start("127.0.0.1", settings.port);
  }

  /** Starts one that lets everybody read everything. */
  public static StreamServer start() {
    return builder().start();
  }

  /** Starts one with settings of the test; a clock that they name replaces ours. */
  public static StreamServer start(Consumer<EventStreamConfig> configure) {
    return builder().configure(configure).start();
  }

  /** For more than that. */
  public static Builder builder() {
    return new Builder();
  }

  /** To send with. */
  public EventStream events() {
    return events;
  }

  /**
   * To make faults with.
   *
   * @throws IllegalStateException if the server stores nothing
   */
  public FaultyStore store() {
    if (store == null) {
      throw new IllegalStateException("this server stores nothing");
    }
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

  /** What a server is started with. One thread at a time. */
  public static final class Builder {
    private @Nullable FaultyStore store = FaultyStore.inMemory();
    private Consumer<EventStreamConfig> configure = config -> {};
    private Consumer<StreamRoutes> routes =
        all -> all.queryParam("/events").pathParam("/events/{channel}");
    private Consumer<JavalinConfig> javalin = config -> {};
    private int port;

    private Builder() {}

    /** Settings of the event stream, but for its store. */
    public Builder configure(Consumer<EventStreamConfig> configure) {
      this.configure = configure;
      return this;
    }

    /** The stream routes, in place of the two that are there by default. */
    public Builder routes(Consumer<StreamRoutes> routes) {
      this.routes = routes;
      return this;
    }

    /** The rest of the application: other routes, a login. */
    public Builder javalin(Consumer<JavalinConfig> javalin) {
      this.javalin = javalin;
      return this;
    }

    /** Where events are kept; default: in memory. */
    public Builder store(EventStore store) {
      this.store = FaultyStore.of(store);
      return this;
    }

    /** Nothing is stored, and no channel is reliable. */
    public Builder withoutStore() {
      this.store = null;
      return this;
    }

    /** Which port of loopback; default: a free one. For those that a proxy must know before. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    public StreamServer start() {
      return new StreamServer(this);
    }
  }
}
