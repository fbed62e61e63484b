package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.InvalidValueException;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Finds the bucket of a channel. A Cluster has {@value #IN_CLUSTER} buckets, each for an equal
 * range of slots. Redis gives the channel's name a slot, and the bucket of this slot has the
 * channel, so names with the same part in braces share a bucket. The bucket's keys lie in a slot of
 * the same range.
 */
final class Buckets {
  static final int IN_CLUSTER = 64;

  private static final int SLOTS_EACH = SlotHash.SLOT_COUNT / IN_CLUSTER;

  /**
   * The only bucket of a single server. On a Cluster it also has the data that belongs to no
   * channel.
   */
  private static final String HOME = "0";

  private final List<Bucket> all;
  private final int home;

  private Buckets(List<Bucket> all, int home) {
    this.all = List.copyOf(all);
    this.home = home;
  }

  static Buckets ofServer(Function<String, Bucket> byTag) {
    return new Buckets(List.of(byTag.apply(HOME)), 0);
  }

  static Buckets ofCluster(Function<String, Bucket> byTag) {
    return new Buckets(tags().stream().map(byTag).toList(), range(HOME));
  }

  /** For each range of slots the smallest number whose slot is in the range. */
  static List<String> tags() {
    String[] tags = new String[IN_CLUSTER];
    int found = 0;
    for (int number = 0; found < IN_CLUSTER; number++) {
      String tag = String.valueOf(number);
      if (tags[range(tag)] == null) {
        tags[range(tag)] = tag;
        found++;
      }
    }
    return List.of(tags);
  }

  private static int range(String name) {
    return SlotHash.getSlot(name.getBytes(StandardCharsets.UTF_8)) / SLOTS_EACH;
  }

  List<Bucket> all() {
    return all;
  }

  Bucket home() {
    return all.get(home);
  }

  Bucket of(String channel) {
    return all.size() == 1 ? all.get(0) : all.get(range(channel));
  }

  /**
   * Returns the bucket of all these channels.
   *
   * @throws InvalidValueException if they are in several buckets
   */
  Bucket of(List<String> channels) {
    Bucket first = of(channels.get(0));
    for (String channel : channels) {
      if (of(channel) != first) {
        throw new InvalidValueException("channels \"" + channels.get(0) + "\" and \"" + channel
            + "\" lie in different slots of the Redis Cluster, so one send cannot store an event in"
            + " both or none: send to each of them, or give them names with the same part in"
            + " braces, such as \"{x}" + channels.get(0) + "\" and \"{x}" + channel + "\"");
      }
    }
    return first;
  }

  /** Groups these channels by bucket. */
  Map<Bucket, List<String>> byBucket(Iterable<String> channels) {
    Map<Bucket, List<String>> byBucket = new LinkedHashMap<>();
    for (String channel : channels) {
      byBucket.computeIfAbsent(of(channel), bucket -> new ArrayList<>()).add(channel);
    }
    return byBucket;
  }
}
