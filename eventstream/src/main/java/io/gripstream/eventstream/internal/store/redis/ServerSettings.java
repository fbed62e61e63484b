package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.StoreException;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of the servers, which decide whether an acknowledged event survives a crash. Read
 * when the storage is opened. On a Cluster: of each master.
 */
final class ServerSettings {
  private static final Logger LOG = LoggerFactory.getLogger(ServerSettings.class);

  private final RedisAddress address;
  private final Durability durability;

  /** By the place of the server. */
  private volatile Map<String, NodeSettings> nodes = Map.of();

  /** The last known start of each server, by its place. */
  private final Map<String, String> lives = new ConcurrentHashMap<>();

  ServerSettings(RedisAddress address, Durability durability) {
    this.address = address;
    this.durability = durability;
  }

  /** Whether the server is a node of a Cluster. Blocks. */
  static boolean isOfCluster(Link link) {
    return information(link, link.nodes().get(0)).getOrDefault("redis_mode", "").equals("cluster");
  }

  /** Reads the settings of all servers, and refuses unsuitable ones. Blocks. */
  void check(Link link) {
    Map<String, NodeSettings> found = new LinkedHashMap<>();
    for (Link.Node node : link.nodes()) {
      NodeSettings settings =
          new NodeSettings(node.place(), information(link, node), configuration(link, node));
      settings.check(durability);
      found.put(node.place(), settings);
      lives.put(node.place(), settings.life());
    }
    nodes = found;
  }

  private static Map<String, String> information(Link link, Link.Node node) {
    try {
      String text = link.ask(node.commands(), commands -> commands.info());
      Map<String, String> values = new HashMap<>();
      for (String line : text.lines().toList()) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          values.put(line.substring(0, colon), line.substring(colon + 1));
        }
      }
      return values;
    } catch (StoreException e) {
      return forbidden(e, "INFO");
    }
  }

  private static Map<String, String> configuration(Link link, Link.Node node) {
    try {
      return link.ask(
          node.commands(),
          commands -> commands.configGet(
              "appendonly", "appendfsync", "maxmemory-policy", "min-replicas-to-write"));
    } catch (StoreException e) {
      return forbidden(e, "CONFIG GET");
    }
  }

  /** Not all users may call the command; managed servers have renamed or removed it. */
  private static Map<String, String> forbidden(StoreException failure, String command) {
    Throwable cause = failure.getCause();
    if (cause == null || !(cause instanceof RedisCommandExecutionException)) {
      throw failure;
    }
    LOG.debug("{} is not allowed", command, cause);
    return Map.of();
  }

  /** The start of the server with this bucket; empty if unknown. Does not block. */
  String life(Link link, Bucket bucket) {
    return lives.getOrDefault(link.placeOf(bucket.keys().meta()), "");
  }

  /** Reads the starts of all servers again. Blocks. */
  void askLives(Link link) {
    for (Link.Node node : link.nodes()) {
      lives.put(node.place(), NodeSettings.life(information(link, node)));
    }
  }

  /**
   * Whether the server of this bucket may lack acknowledged events, because it is not the server,
   * or not the start, that is known to be complete.
   */
  boolean mayHaveLost(Link link, Bucket bucket, String vouchedFor) {
    NodeSettings settings = nodes.get(link.placeOf(bucket.keys().meta()));
    return settings == null || settings.mayHaveLost(vouchedFor);
  }

  /** Remarks of one line each; they are logged at the start, and doctor prints them. */
  List<String> remarks() {
    Map<String, List<NodeSettings>> bySurvival = new LinkedHashMap<>();
    nodes
        .values()
        .forEach(node -> bySurvival
            .computeIfAbsent(node.survival(), text -> new ArrayList<>())
            .add(node));
    List<String> remarks = new ArrayList<>();
    bySurvival.forEach((survival, same) -> remarks.add(places(same) + ": " + survival));
    Map<String, List<NodeSettings>> byReplicas = new LinkedHashMap<>();
    nodes
        .values()
        .forEach(node -> byReplicas
            .computeIfAbsent(
                node.replicas(address.replicas(), nodes.size() > 1), text -> new ArrayList<>())
            .add(node));
    byReplicas.forEach((text, same) -> {
      if (!text.isEmpty()) {
        remarks.add(places(same) + " " + (same.size() == 1 ? "has " : "each have ") + text);
      }
    });
    return remarks;
  }

  private static String places(List<NodeSettings> nodes) {
    String first = nodes.get(0).place();
    return first
        + String.join(
            "",
            nodes.stream()
                .skip(1)
                .map(node -> node.place().replaceFirst("^Redis at ", ", "))
                .toList());
  }
}
