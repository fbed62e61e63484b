package io.gripstream.eventstream.internal.store.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What Redis itself can do: one connection, scripts one after the other, two under way. */
final class RedisFloor implements AutoCloseable {
  private static final int UNDER_WAY = 2;

  /**
   * What a store cannot do without: the next ids, the events under them, when the oldest is old,
   * who moved what, and a message. It looks for nothing: not for the epoch, for the last writes,
   * for keys, or for a batch that came before.
   */
  private static final String SCRIPT = """
      local id = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
      for i = 4, #ARGV do
        id = id + 1
        redis.call('XADD', KEYS[2], '0-' .. id, 'a', ARGV[2], 't', ARGV[3], 'd', ARGV[i])
      end
      redis.call('HSET', KEYS[1], ARGV[1], id)
      redis.call('ZADD', KEYS[4], 'NX', ARGV[2], ARGV[1])
      redis.call('XADD', KEYS[3], 'MAXLEN', '~', 1000, '*', 'm', ARGV[1])
      redis.call('PUBLISH', 'floor', '')
      return id""";

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  private RedisFloor(RedisClient client) {
    this.client = client;
    this.connection = client.connect();
  }

  static RedisFloor on(String url) {
    return new RedisFloor(RedisClient.create(url));
  }

  /** Events per second with so many in each script. */
  double run(int perScript, Duration time) {
    String sha = connection.sync().scriptLoad(SCRIPT);
    String[] arguments = new String[3 + perScript];
    arguments[1] = "1764000000000";
    arguments[2] = "message";
    for (int i = 0; i < perScript; i++) {
      arguments[3 + i] = Appends.DATA;
    }
    ArrayDeque<RedisFuture<Long>> underWay = new ArrayDeque<>();
    long events = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < time.toNanos()) {
      String channel = Appends.channel((int) (events / perScript % Appends.CHANNELS));
      arguments[0] = channel;
      String[] keys = {"floor-last", "floor-" + channel, "floor-log", "floor-due"};
      underWay.add(
          connection.async().evalsha(sha, ScriptOutputType.INTEGER, keys, arguments.clone()));
      events += perScript;
      if (underWay.size() == UNDER_WAY) {
        underWay.remove().toCompletableFuture().join();
      }
    }
    underWay.forEach(one -> one.toCompletableFuture().join());
    return events / ((System.nanoTime() - start) / 1e9);
  }

  /**
   * Events per second of threads that each wait for their own event: one script each, on the one
   * connection.
   */
  double runWaiting(int threads, Duration time) throws InterruptedException {
    String sha = connection.sync().scriptLoad(SCRIPT);
    long start = System.nanoTime();
    LongAdder events = new LongAdder();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      String channel = Appends.channel(i % Appends.CHANNELS);
      String[] keys = {"floor-last", "floor-" + channel, "floor-log", "floor-due"};
      String[] arguments = {channel, "1764000000000", "message", Appends.DATA};
      Thread thread = new Thread(() -> {
        while (System.nanoTime() - start < time.toNanos()) {
          connection
              .async()
              .evalsha(sha, ScriptOutputType.INTEGER, keys, arguments)
              .toCompletableFuture()
              .join();
          events.increment();
        }
      });
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      thread.join();
    }
    return events.sum() / ((System.nanoTime() - start) / 1e9);
  }

  @Override
  public void close() {
    connection.sync().flushdb();
    client.shutdown();
  }
}
