package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the server is set to, and so what an acknowledged event survives. Asked for when the storage
 * is opened.
 */
final class ServerSettings {
  private static final Logger LOG = LoggerFactory.getLogger(ServerSettings.class);
  private static final int OLDEST_MAJOR = 7;
  private static final String NEVER_A_REPLICA = "0000000000000000000000000000000000000000";

  private final RedisAddress address;
  private final Durability durability;
  private volatile Map<String, String> configuration = Map.of();
  private volatile Map<String, String> information = Map.of();
  private volatile String life = "";

  ServerSettings(RedisAddress address, Durability durability) {
    this.address = address;
    this.durability = durability;
  }

  /** Asks, and refuses what does not do. Blocks. */
  void check(RedisConnection link) {
    information = information(link);
    life = information.getOrDefault("run_id", "");
    configuration = configuration(link);
    String version = information.getOrDefault("redis_version", "");
    if (version.matches("[0-9]{1,4}\\..*")
        && Integer.parseInt(version.substring(0, version.indexOf('.'))) < OLDEST_MAJOR) {
      throw refused("has version " + version + "; " + OLDEST_MAJOR + ".0 or newer is needed");
    }
    if (information.getOrDefault("redis_mode", "").equals("cluster")) {
      throw refused("is a node of a Cluster, which is not supported; use a single server, with"
          + " replicas if you like");
    }
    if (information.getOrDefault("role", "").equals("slave")) {
      throw refused("is a replica, which cannot be written; name its master");
    }
    String policy = configuration.getOrDefault(
        "maxmemory-policy", information.getOrDefault("maxmemory_policy", "noeviction"));
    if (!policy.equals("noeviction")) {
      throw refused("may drop events when its memory is full (maxmemory-policy " + policy
          + "); set maxmemory-policy noeviction");
    }
    if (durability == Durability.FULL && isKnown() && !isAlways()) {
      throw refused("cannot keep what full durability promises: " + persistence()
          + ". Set appendonly yes and appendfsync always, or write ?durability=relaxed behind the"
          + " address");
    }
  }

  private StoreException refused(String why) {
    return new StoreException(StoreException.Kind.UNAVAILABLE, address + " " + why, null);
  }

  private static Map<String, String> information(RedisConnection link) {
    try {
      String text = link.ask(commands -> commands.info());
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

  private static Map<String, String> configuration(RedisConnection link) {
    try {
      return link.ask(commands -> commands.configGet(
          "appendonly", "appendfsync", "maxmemory-policy", "min-replicas-to-write"));
    } catch (StoreException e) {
      return forbidden(e, "CONFIG GET");
    }
  }

  /** Not all users may ask; managed servers have renamed or removed it. */
  private static Map<String, String> forbidden(StoreException failure, String command) {
    Throwable cause = failure.getCause();
    if (cause == null || !(cause instanceof io.lettuce.core.RedisCommandExecutionException)) {
      throw failure;
    }
    LOG.debug("{} is not allowed", command, cause);
    return Map.of();
  }

  /** Which start of which server it was when it was asked last; empty if it does not say. */
  String life() {
    return life;
  }

  /** Asks again. Blocks. */
  void askLife(RedisConnection link) {
    life = information(link).getOrDefault("run_id", "");
  }

  /**
   * Whether this server, which is not the one that was vouched for last, may lack what that one had
   * acknowledged.
   */
  boolean mayHaveLost(String vouchedFor) {
    if (life.isEmpty() || vouchedFor.equals(life)) {
      return false;
    }
    boolean wasReplica =
        !information.getOrDefault("master_replid2", NEVER_A_REPLICA).equals(NEVER_A_REPLICA);
    return !isAlways() || wasReplica;
  }

  private boolean isKnown() {
    return configuration.containsKey("appendfsync");
  }

  private boolean isAlways() {
    return "yes".equals(configuration.get("appendonly"))
        && "always".equals(configuration.get("appendfsync"));
  }

  private String persistence() {
    return "yes".equals(configuration.get("appendonly"))
        ? "appendfsync is " + configuration.get("appendfsync")
        : "appendonly is no";
  }

  /** One line each; they are logged at the start, and doctor prints them. */
  List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    remarks.add(address + ": " + survival());
    int replicas = number("connected_slaves", information);
    if (replicas > 0) {
      remarks.add(address + " has " + replicas + (replicas == 1 ? " replica" : " replicas")
          + ": one that takes over may lack the last moments, unless "
          + (address.replicas() > 0
              ? "it is one of the wait_replicas=" + address.replicas()
                  + " that have each event when it is acknowledged"
              : "wait_replicas in the address makes each send wait for it"));
    }
    return remarks;
  }

  private String survival() {
    if (!isKnown()) {
      return "its settings may not be read (CONFIG GET), so what an acknowledged event survives is"
          + " not known here; set appendonly yes, appendfsync always, maxmemory-policy noeviction";
    }
    if (isAlways()) {
      return "an acknowledged event survives a power cut (appendfsync always)";
    }
    if ("yes".equals(configuration.get("appendonly"))) {
      return "an acknowledged event survives the end of Redis; a power cut may take the last second ("
          + persistence() + ")";
    }
    return "a restart of Redis takes all events since its last snapshot, or all (appendonly is no);"
        + " clients are then told stream-reset";
  }

  private static int number(String name, Map<String, String> values) {
    String text = values.getOrDefault(name, "");
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
  }
}
