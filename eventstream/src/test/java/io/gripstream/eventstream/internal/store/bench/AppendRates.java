package io.gripstream.eventstream.internal.store.bench;

import static io.gripstream.eventstream.internal.store.bench.Appends.THREADS;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.testtools.PostgresServer;
import io.gripstream.testtools.RedisCluster;
import io.gripstream.testtools.RedisServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;

/**
 * 16 threads that each wait for their own send, 100-byte events, durable; against bare loops of
 * transactions of 16 inserts each over JDBC, with the same durability on the same disk.
 */
final class AppendRates {
  private static final Duration TIME = Duration.ofMillis(1_500);
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final int TURNS = 2;

  private AppendRates() {}

  static void sqlite(Figures figures) throws Exception {
    try (Folder folder = new Folder();
        Connection bare = DriverManager.getConnection(
            folder.url("floor.db") + "?journal_mode=WAL&synchronous=FULL");
        EventStore store = EventStores.sqlite(folder.file("ours.db"))) {
      besideFloors(
          figures,
          "sqlite_appends_per_s",
          store,
          time -> Floors.inserts(bare, THREADS, time),
          "one_per_transaction",
          time -> Floors.inserts(bare, 1, time));
    }
  }

  /** The floor sends the inserts of a transaction as one JDBC batch: the harder of the two. */
  static void postgres(Figures figures, PostgresServer server) throws Exception {
    String url = server.newDatabase();
    try (Connection bare = DriverManager.getConnection(url);
        EventStore store = EventStores.postgres(url)) {
      besideFloors(
          figures,
          "postgres_appends_per_s",
          store,
          time -> Floors.batches(bare, THREADS, time),
          "floor_one_by_one",
          time -> Floors.inserts(bare, THREADS, time));
    }
  }

  /** Appends per second, measured for a time. */
  private interface Rate {
    double over(Duration time) throws Exception;
  }

  /** In turns, so that a change of the machine reaches all three. */
  private static void besideFloors(
      Figures figures, String name, EventStore store, Rate floor, String otherName, Rate other)
      throws Exception {
    store.start();
    floor.over(WARM_UP);
    other.over(WARM_UP);
    Appends.run(store, WARM_UP);
    for (int turn = 0; turn < TURNS; turn++) {
      figures.note(name, "floor", floor.over(TIME));
      figures.note(name, "ours", Appends.run(store, TIME).perSecond());
      figures.note(name, otherName, other.over(TIME));
    }
  }

  /**
   * Against a bare loop that pipelines scripts of 16 events each, with the writes that a store
   * cannot do without, and against as many threads that each wait for a script of one event. Redis
   * syncs its disk once a second here.
   */
  static void redis(Figures figures, RedisServer server) throws Exception {
    String name = "redis_appends_per_s";
    String url = server.newDatabase() + "?durability=relaxed";
    try (RedisFloor floor = RedisFloor.on(server.newDatabase());
        EventStore store = EventStores.redis(url)) {
      store.start();
      floor.run(THREADS, WARM_UP);
      floor.runWaiting(THREADS, WARM_UP);
      Appends.run(store, WARM_UP);
      for (int turn = 0; turn < TURNS; turn++) {
        double bare = floor.run(THREADS, TIME);
        double bareWaiting = floor.runWaiting(THREADS, TIME);
        double waiting = Appends.run(store, TIME).perSecond();
        double notWaiting = Appends.flood(store, TIME);
        figures.note(name, "floor", bare);
        figures.note(name, "ours_not_waiting", notWaiting);
        figures.note(name, "not_waiting_to_floor", notWaiting / bare);
        figures.note(name, "floor_waiting", bareWaiting);
        figures.note(name, "ours", waiting);
        figures.note(name, "waiting_to_floor", waiting / bare);
        figures.note(name, "waiting_to_waiting", waiting / bareWaiting);
      }
    }
  }

  /**
   * Redis syncs its disk once a second here, PostgreSQL at each commit: what each is chosen for.
   */
  static void redisBesidePostgres(Figures figures, RedisServer server, PostgresServer postgres)
      throws Exception {
    String name = "redis_beside_postgres";
    try (EventStore redis = EventStores.redis(server.newDatabase() + "?durability=relaxed");
        EventStore other = EventStores.postgres(postgres.newDatabase())) {
      redis.start();
      other.start();
      for (EventStore store : List.of(redis, other)) {
        Appends.run(store, WARM_UP);
        Appends.flood(store, WARM_UP);
      }
      for (int turn = 0; turn < TURNS; turn++) {
        double ours = Appends.flood(redis, TIME);
        double theirs = Appends.flood(other, TIME);
        figures.note(name, "ours_not_waiting", ours);
        figures.note(name, "postgres_not_waiting", theirs);
        figures.note(name, "times_not_waiting", ours / theirs);
        ours = Appends.run(redis, TIME).perSecond();
        theirs = Appends.run(other, TIME).perSecond();
        figures.note(name, "ours", ours);
        figures.note(name, "postgres", theirs);
        figures.note(name, "times", ours / theirs);
      }
    }
  }

  /**
   * Sends that do not wait, on three masters with a replica each, against one server that has no
   * replica. All run on this machine, so its cores limit the whole.
   */
  static void redisCluster(Figures figures, RedisServer server) throws Exception {
    String name = "redis_cluster_appends_per_s";
    try (RedisCluster cluster = RedisCluster.start("--appendfsync", "everysec");
        EventStore one = EventStores.redis(server.newDatabase() + "?durability=relaxed");
        EventStore three = EventStores.redis(cluster.url() + "?durability=relaxed")) {
      one.start();
      three.start();
      Appends.flood(one, WARM_UP);
      Appends.flood(three, WARM_UP);
      for (int turn = 0; turn < TURNS; turn++) {
        double alone = Appends.flood(one, TIME);
        double together = Appends.flood(three, TIME);
        figures.note(name, "one_server", alone);
        figures.note(name, "ours", together);
        figures.note(name, "times", together / alone);
      }
    }
  }
}
