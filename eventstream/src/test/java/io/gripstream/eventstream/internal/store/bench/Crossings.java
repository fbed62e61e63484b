package io.gripstream.eventstream.internal.store.bench;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.StreamClient;
import io.javalin.Javalin;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * From the end of an append in one store, or of a caller's commit, to the direct client of another
 * store on the same database. Each begins at a random moment, since watchers look periodically.
 */
final class Crossings {
  private static final int EVENTS = 60;
  private static final int LONGEST_PAUSE_MICROS = 100_000;

  private final String url;
  private final Random random = new Random(1);

  Crossings(String url) {
    this.url = url;
  }

  private interface Send {
    void send(String data) throws Exception;
  }

  /** Of another process's event. */
  void events(Figures figures, String measure) throws Exception {
    try (EventStore other = EventStores.of(url, StoreOptions.DEFAULT)) {
      other.start();
      measure(
          figures, measure, data -> other.append(Draft.of("a", "message", data)).join());
    }
  }

  /** Of an event that a caller's transaction put into the outbox. */
  void outbox(Figures figures, String measure) throws Exception {
    EventStores.migrate(url, StoreOptions.DEFAULT);
    try (EventStore other = EventStores.of(url, StoreOptions.DEFAULT);
        Connection connection = DriverManager.getConnection(url)) {
      other.start();
      connection.setAutoCommit(false);
      measure(figures, measure, data -> {
        other.enqueue(connection, Draft.of("a", "message", data));
        connection.commit();
      });
    }
  }

  private void measure(Figures figures, String measure, Send send) throws Exception {
    EventStream events =
        EventStream.create(config -> config.store(EventStores.of(url, StoreOptions.DEFAULT)));
    Javalin server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.registerPlugin(
              new EventStreamPlugin(events, routes -> routes.queryParam("/events")));
        })
        .start("127.0.0.1", 0);
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/events?channel=a");
    try (StreamClient client = StreamClient.open(uri)) {
      client.expectOpen();
      List<Double> delays = new ArrayList<>();
      for (int i = 0; i < EVENTS; i++) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(LONGEST_PAUSE_MICROS)));
        send.send("event " + i);
        long stored = System.nanoTime();
        client.expectEvent("event " + i);
        delays.add((System.nanoTime() - stored) / 1e6);
      }
      figures.note(measure, "ours", Figures.median(delays));
      figures.note(measure, "worst", delays.stream().mapToDouble(d -> d).max().orElseThrow());
    } finally {
      server.stop();
    }
  }
}
