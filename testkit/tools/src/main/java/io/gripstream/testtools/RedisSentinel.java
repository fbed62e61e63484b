package io.gripstream.testtools;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A private Redis Sentinel on loopback. It lets a replica take over one second after the master
 * {@code main} stops answering.
 */
public final class RedisSentinel implements AutoCloseable {
  private final int port;
  private final ServerProcess process;

  private RedisSentinel(int port, ServerProcess process) {
    this.port = port;
    this.process = process;
  }

  /** Starts a Sentinel for this master, and waits until it knows the replica too. */
  public static RedisSentinel of(RedisServer master) {
    try {
      int port = Ports.free(1).get(0);
      Path folder = Files.createTempDirectory("gripstream-sentinel");
      Path settings = folder.resolve("sentinel.conf");
      Files.write(
          settings,
          List.of(
              "port " + port,
              "bind 127.0.0.1",
              "dir " + folder,
              "sentinel monitor main 127.0.0.1 " + master.port() + " 1",
              "sentinel down-after-milliseconds main 1000",
              "sentinel failover-timeout main 5000"));
      ServerProcess process = new ServerProcess(folder);
      process.start(List.of(RedisServer.program(), settings.toString(), "--sentinel"));
      RedisSentinel sentinel = new RedisSentinel(port, process);
      sentinel.awaitReplicaOf(master);
      return sentinel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReplicaOf(RedisServer master) {
    String known = "status=ok,address=127.0.0.1:" + master.port() + ",slaves=1";
    try {
      Eventually.within(Duration.ofSeconds(20), () -> {
        if (!master.at(port).text("INFO", "sentinel").contains(known)) {
          throw new AssertionError("the Sentinel does not know the replica");
        }
      });
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  /** Its address in the form of a database URL. */
  public String url() {
    return "redis-sentinel://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.close("KILL");
  }
}
