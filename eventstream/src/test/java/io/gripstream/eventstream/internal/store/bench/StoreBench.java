package io.gripstream.eventstream.internal.store.bench;

import io.gripstream.testtools.PostgresServer;
import io.gripstream.testtools.RedisServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures stores, each thing several times, in turn. {@code BENCH_RUNS} says how often (medians of
 * 3), {@code BENCH_ONLY} names the measures that are wanted, joined by commas.
 */
public final class StoreBench {
  private StoreBench() {}

  public static void main(String[] arguments) throws Exception {
    int runs = Integer.parseInt(System.getenv().getOrDefault("BENCH_RUNS", "3"));
    String only = System.getenv().getOrDefault("BENCH_ONLY", "");
    Figures figures = new Figures();
    try (Folder onDisk = new Folder();
        PostgresServer server = PostgresServer.start(true);
        RedisServer redis = RedisServer.start("--appendfsync", "everysec", "--dir", onDisk.path());
        Growth growth = new Growth()) {
      Map<String, Measure> all = new LinkedHashMap<>();
      all.put("sqlite_appends", AppendRates::sqlite);
      all.put("postgres_appends", found -> AppendRates.postgres(found, server));
      all.put("redis_appends", found -> AppendRates.redis(found, redis));
      all.put(
          "redis_beside_postgres", found -> AppendRates.redisBesidePostgres(found, redis, server));
      all.put("redis_cluster_appends", found -> AppendRates.redisCluster(found, redis));
      all.put("replay", Replays::sqlite);
      all.put("redis_replay", found -> Replays.redis(found, redis));
      all.put("cross_process", found -> crossings(found, server));
      all.put(
          "redis_cross_process",
          found -> new Crossings(redis.newDatabase() + "?durability=relaxed")
              .events(found, "redis_cross_process_ms"));
      all.put("trim", Trimming::run);
      all.put("full_appends", growth);
      if (!only.isEmpty()) {
        all.keySet().retainAll(Set.of(only.split(",")));
      }
      for (int run = 1; run <= runs; run++) {
        for (Measure measure : all.values()) {
          measure.run(figures);
        }
        System.err.println("run " + run + " of " + runs + " is done");
      }
    }
    figures.print(List.of(arguments).contains("--json"));
  }

  private static void crossings(Figures figures, PostgresServer server) throws Exception {
    try (Folder folder = new Folder()) {
      Crossings sqlite = new Crossings(folder.url("ours.db"));
      sqlite.events(figures, "cross_process_ms");
      sqlite.outbox(figures, "outbox_ms");
    }
    Crossings postgres = new Crossings(server.newDatabase());
    postgres.events(figures, "postgres_cross_process_ms");
    postgres.outbox(figures, "postgres_outbox_ms");
  }
}
