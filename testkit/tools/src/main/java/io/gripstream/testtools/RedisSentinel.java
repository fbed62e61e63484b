package io.gripstream.testtools;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
    int port = Ports.free(1).get(0);
    RedisSentinel sentinel = start(
        port, List.of("port " + port, "sentinel monitor main 127.0.0.1 " + master.port() + " 1"));
    sentinel.awaitReplicaOf(master);
    return sentinel;
  }

  /**
   * Starts a Sentinel that speaks TLS only, with clients and with the master at this port of
   * {@code localhost}. It may not listen yet when this returns.
   */
  public static RedisSentinel overTls(int masterPort, Path certificate, Path key) {
    int port = Ports.free(1).get(0);
    return start(
        port,
        List.of(
            "port 0",
            "tls-port " + port,
            "tls-cert-file " + certificate,
            "tls-key-file " + key,
            "tls-ca-cert-file " + certificate,
            "tls-auth-clients no",
            "tls-replication yes",
            // As the certificate names it.
            "sentinel resolve-hostnames yes",
            "sentinel announce-hostnames yes",
            "sentinel monitor main localhost " + masterPort + " 1"));
  }

  private static RedisSentinel start(int port, List<String> own) {
    try {
      Path folder = Files.createTempDirectory("gripstream-sentinel");
      Path settings = folder.resolve("sentinel.conf");
      List<String> all = new ArrayList<>(List.of("bind 127.0.0.1", "dir " + folder));
      all.addAll(own);
      all.add("sentinel down-after-milliseconds main 1000");
      all.add("sentinel failover-timeout main 5000");
      Files.write(settings, all);
      ServerProcess process = new ServerProcess(folder);
      process.start(List.of(RedisServer.program(), settings.toString(), "--sentinel"));
      return new RedisSentinel(port, process);
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

  /** Lets the replica of this master take over, although the master works. */
  public void failOver(RedisServer master) {
    String answer = master.at(port).command("SENTINEL", "FAILOVER", "main");
    if (!answer.equals("+OK")) {
      throw new IllegalStateException(answer);
    }
  }

  public int port() {
    return port;
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
