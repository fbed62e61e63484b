package io.gripstream.testtools;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A private Redis Cluster on loopback: three masters, and a replica of each. Node 0, 1 and 2 are
 * the masters of a third of the slots each, 3, 4 and 5 their replicas, until a test changes that.
 */
public final class RedisCluster implements AutoCloseable {
  private static final int SLOTS = 16_384;
  private static final int MASTERS = 3;

  private static @Nullable RedisCluster shared;

  private final List<RedisServer> nodes;
  private final AtomicInteger installations = new AtomicInteger();

  private RedisCluster(List<RedisServer> nodes) {
    this.nodes = nodes;
  }

  /** The Cluster that tests of this JVM share. Ends with the JVM. */
  public static synchronized RedisCluster shared() {
    RedisCluster known = shared;
    if (known == null) {
      known = start();
      shared = known;
      Runtime.getRuntime().addShutdownHook(new Thread(known::close));
    }
    return known;
  }

  /**
   * Starts a new Cluster.
   *
   * @param settings of each node, as {@link RedisServer#start}
   */
  public static RedisCluster start(String... settings) {
    List<RedisServer> nodes = new ArrayList<>();
    for (int i = 0; i < 2 * MASTERS; i++) {
      List<String> all = new ArrayList<>(List.of(
          "--cluster-enabled",
          "yes",
          "--cluster-port",
          "" + Ports.free(1).get(0),
          "--cluster-node-timeout",
          "10000",
          "--repl-diskless-sync-delay",
          "0"));
      all.addAll(List.of(settings));
      nodes.add(RedisServer.start(all.toArray(String[]::new)));
    }
    RedisCluster cluster = new RedisCluster(List.copyOf(nodes));
    cluster.form();
    return cluster;
  }

  private void form() {
    RedisServer first = nodes.get(0);
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).command("CLUSTER", "SET-CONFIG-EPOCH", "" + (i + 1));
      if (i < MASTERS) {
        nodes
            .get(i)
            .command(
                "CLUSTER",
                "ADDSLOTSRANGE",
                "" + SLOTS * i / MASTERS,
                "" + (SLOTS * (i + 1) / MASTERS - 1));
      }
      if (i > 0) {
        first.command(
            "CLUSTER",
            "MEET",
            "127.0.0.1",
            "" + nodes.get(i).port(),
            "" + nodes.get(i).settingOf("--cluster-port"));
      }
    }
    Eventually.within(Duration.ofSeconds(30), () -> {
      for (int i = MASTERS; i < nodes.size(); i++) {
        String answer = nodes.get(i).command("CLUSTER", "REPLICATE", id(i - MASTERS));
        if (!answer.equals("+OK")) {
          throw new AssertionError(answer);
        }
      }
    });
    Eventually.within(Duration.ofSeconds(30), () -> {
      for (RedisServer node : nodes) {
        require(node.text("CLUSTER", "INFO").contains("cluster_state:ok"));
        require(node.text("CLUSTER", "INFO").contains("cluster_known_nodes:" + nodes.size()));
      }
      for (int i = 0; i < MASTERS; i++) {
        require(nodes.get(i).text("INFO", "replication").contains("state=online"));
      }
    });
  }

  private static void require(boolean is) {
    if (!is) {
      throw new AssertionError("the Cluster is not ready");
    }
  }

  /** A node: 0 to 5. */
  public RedisServer node(int number) {
    return nodes.get(number);
  }

  /** The id of this node in the Cluster. */
  public String id(int number) {
    return nodes.get(number).text("CLUSTER", "MYID").strip();
  }

  /** An address that names two of the masters, and no database. */
  public String url() {
    return "redis://127.0.0.1:" + nodes.get(0).port() + ",127.0.0.1:"
        + nodes.get(1).port();
  }

  /** A new prefix of keys. */
  public String newPrefix() {
    return "gripstream_" + installations.incrementAndGet() + "_";
  }

  @Override
  public void close() {
    nodes.forEach(RedisServer::close);
  }

  @Override
  public String toString() {
    return nodes.stream().map(node -> "" + node.port()).collect(Collectors.joining(","));
  }
}
