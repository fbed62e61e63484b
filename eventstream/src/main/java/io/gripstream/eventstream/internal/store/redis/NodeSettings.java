package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.StoreException;
import java.util.Map;

/**
 * The settings of one server.
 *
 * @param place its name in messages
 * @param information the answer of INFO; empty if this user may not call it
 * @param configuration the answer of CONFIG GET; empty if this user may not call it
 */
record NodeSettings(
    String place, Map<String, String> information, Map<String, String> configuration) {
  private static final int OLDEST_MAJOR = 7;
  private static final String NEVER_A_REPLICA = "0000000000000000000000000000000000000000";

  /**
   * @throws StoreException if the server is too old, not writable, or less durable than asked for
   */
  void check(Durability durability) {
    String version = information.getOrDefault("redis_version", "");
    if (version.matches("[0-9]{1,4}\\..*")
        && Integer.parseInt(version.substring(0, version.indexOf('.'))) < OLDEST_MAJOR) {
      throw refused("has version " + version + "; " + OLDEST_MAJOR + ".0 or newer is needed");
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
    return new StoreException(StoreException.Kind.UNAVAILABLE, place + " " + why, null);
  }

  /** The id of this start of this server; empty if unknown. */
  String life() {
    return life(information);
  }

  static String life(Map<String, String> information) {
    return information.getOrDefault("run_id", "");
  }

  /** As {@link ServerSettings#mayHaveLost}. */
  boolean mayHaveLost(String vouchedFor) {
    if (life().isEmpty() || vouchedFor.equals(life())) {
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

  /** A sentence for operators: the crashes that an acknowledged event survives. */
  String survival() {
    if (!isKnown()) {
      return "the user may not read its settings (CONFIG GET), so it is not known what an acknowledged"
          + " event survives; set appendonly yes, appendfsync always, maxmemory-policy noeviction";
    }
    if (isAlways()) {
      return "an acknowledged event survives a power cut (appendfsync always)";
    }
    if ("yes".equals(configuration.get("appendonly"))) {
      return "an acknowledged event survives the end of Redis; a power cut may lose the last second ("
          + persistence() + ")";
    }
    return "a restart of Redis loses the events since its last snapshot, or all (appendonly is no);"
        + " clients then get stream-reset";
  }

  /**
   * A remark about its replicas; empty if there is none.
   *
   * @param waitedFor number of replicas that have each event when it is acknowledged
   * @param isOneOfMany whether it has only some of the channels
   */
  String replicas(int waitedFor, boolean isOneOfMany) {
    int replicas = number("connected_slaves", information);
    if (replicas == 0) {
      return isOneOfMany ? "no replica: while it does not answer, its channels cannot be used" : "";
    }
    int needed = number("min-replicas-to-write", configuration);
    return replicas
        + (replicas == 1 ? " replica" : " replicas")
        + (waitedFor < replicas
            ? ": one that takes over may lack acknowledged events; wait_replicas=" + replicas
                + " in the address prevents it"
            : ", and each has an event when it is acknowledged (wait_replicas=" + waitedFor + ")")
        + (needed > 0
            ? "; writes are refused with fewer than " + needed + " (min-replicas-to-write)"
            : "");
  }

  private static int number(String name, Map<String, String> values) {
    String text = values.getOrDefault(name, "");
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
  }
}
