package io.gripstream.app.examples;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.InitialEvent;
import io.gripstream.eventstream.InitialEvents;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.staticfiles.Location;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The time, each second, from a scheduler. Nothing is stored: a client that returns gets the
 * current time.
 */
public final class Time implements ChannelManager {
  private static final String CHANNEL = "time";

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "demo-time"));
  private final EventStream events;

  /** @param more further settings, such as proxies */
  public Time(Consumer<EventStreamConfig> more) {
    events = EventStream.create(config -> more.accept(config.channelManager(this)));
  }

  public static void main(String[] arguments) {
    Time time = new Time(config -> config.proxiesFromEnvironment(System.getenv()));
    Javalin app = Javalin.create(config -> {
      config.staticFiles.add("/io/gripstream/app/examples/time", Location.CLASSPATH);
      time.serve(config, "");
    });
    Runtime.getRuntime().addShutdownHook(new Thread(app::stop));
    app.start("127.0.0.1", Integer.parseInt(System.getenv().getOrDefault("PORT", "8080")));
  }

  /** Serves everything except its page, below this path. It starts and ends with the server. */
  public void serve(JavalinConfig config, String path) {
    config.registerPlugin(
        new EventStreamPlugin(events, routes -> routes.channels(path + "/events", CHANNEL)));
    config.events.serverStarted(
        () -> clock.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.SECONDS));
    config.events.serverStopping(clock::shutdown);
  }

  private void tick() {
    events.send(CHANNEL, "tick", now());
  }

  /** A new client does not have to wait for the next second. */
  @Override
  public InitialEvents initialEvents(
      StreamRequest request, @Nullable String user, List<String> channels) {
    return InitialEvents.of(new InitialEvent("tick", now()));
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
