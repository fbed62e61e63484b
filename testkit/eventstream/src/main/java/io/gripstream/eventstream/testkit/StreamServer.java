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
 * A complete event stream for a test: events in memory, a movable clock, served on a free port of
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
 * Serves {@code /events?channel=a&channel=b} and {@code /events/{channel}} by default.
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
    try {
      this.javalin = serving(events, settings);
    } catch (RuntimeException e) {
      events.close();
      throw e;
    }
  }

  private static Javalin serving(EventStream events, Builder settings) {
    return Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.startup.startupWatcherEnabled = false;
          config.startup.showOldJavalinVersionWarning = false;
          settings.javalin.accept(config);
          config.registerPlugin(new EventStreamPlugin(events, settings.routes));
        })
        .start("127.0.0.1", settings.port);
  }

  /** Starts a server on which every user may read every channel. */
  public static StreamServer start() {
    return builder().start();
  }

  /** Starts a server with settings of the test. A clock in them replaces the movable one. */
  public static StreamServer start(Consumer<EventStreamConfig> configure) {
    return builder().configure(configure).start();
  }

  /** Begins a server with further settings. */
  public static Builder builder() {
    return new Builder();
  }

  /** The event stream, for sending. */
  public EventStream events() {
    return events;
  }

  /**
   * The store, for making faults.
   *
   * @throws IllegalStateException if the server stores nothing
   */
  public FaultyStore store() {
    if (store == null) {
      throw new IllegalStateException("this server stores nothing");
    }
    return store;
  }

  /**
   * The clock of tokens and of the ends of streams. It stands still until it is moved. Stored
   * events and their retention follow the clock of the store, which is the system's by default.
   */
  public TestClock clock() {
    return clock;
  }

  /** The port on 127.0.0.1 at which it listens. */
  public int port() {
    return javalin.port();
  }

  /** Returns the address of a path, which may have a query. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /** Opens a stream, from now on. */
  public StreamClient open(String path) {
    return StreamClient.open(uri(path));
  }

  /** Opens a stream of this server, as {@link StreamClient#resume} does. */
  public StreamClient resume(String path, @Nullable String lastEventId) {
    return StreamClient.resume(uri(path), lastEventId);
  }

  /** Stops the server and the event stream. */
  @Override
  public void close() {
    javalin.stop();
    events.close();
  }

  /** Collects the settings of a server. Use it in one thread at a time. */
  public static final class Builder {
    private @Nullable FaultyStore store = FaultyStore.inMemory();
    private Consumer<EventStreamConfig> configure = config -> {};
    private Consumer<StreamRoutes> routes =
        all -> all.queryParam("/events").pathParam("/events/{channel}");
    private Consumer<JavalinConfig> javalin = config -> {};
    private int port;

    private Builder() {}

    /** Sets up the event stream, except its store. */
    public Builder configure(Consumer<EventStreamConfig> configure) {
      this.configure = configure;
      return this;
    }

    /** Replaces the two default routes, {@code /events} and {@code /events/{channel}}. */
    public Builder routes(Consumer<StreamRoutes> routes) {
      this.routes = routes;
      return this;
    }

    /** Sets up the rest of the application: other routes, a login. */
    public Builder javalin(Consumer<JavalinConfig> javalin) {
      this.javalin = javalin;
      return this;
    }

    /** Sets the place where events are kept. Default: in memory. */
    public Builder store(EventStore store) {
      this.store = FaultyStore.of(store);
      return this;
    }

    /** Stores nothing, so no channel is reliable. */
    public Builder withoutStore() {
      this.store = null;
      return this;
    }

    /**
     * Sets the port of loopback, for servers that a proxy must know in advance. Default: a free
     * one.
     */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /**
     * Starts the server and waits until it accepts requests.
     *
     * @throws RuntimeException if a setting is invalid, or the port is taken
     */
    public StreamServer start() {
      return new StreamServer(this);
    }
  }
}
