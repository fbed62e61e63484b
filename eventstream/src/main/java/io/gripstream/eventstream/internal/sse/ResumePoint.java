package io.gripstream.eventstream.internal.sse;

import io.gripstream.eventstream.internal.text.PositionPair;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The position that a client states: the header {@code Last-Event-ID} or its query parameter. */
public sealed interface ResumePoint {
  /** The client is new. */
  record None() implements ResumePoint {}

  /** {@code earliest}: the client wants all stored events. */
  record Earliest() implements ResumePoint {}

  /** {@code error}: the client got a final {@code stream-error} before. */
  record AfterError() implements ResumePoint {}

  /**
   * The client has these ids, in the store of this epoch if it names one.
   *
   * @param unreadable channels with something that is not an id
   */
  record At(Map<String, Long> ids, @Nullable String epoch, Set<String> unreadable)
      implements ResumePoint {
    public At {
      ids = Map.copyOf(ids);
      unreadable = Set.copyOf(unreadable);
    }

    /** Everything can be read. */
    public At(Map<String, Long> ids, @Nullable String epoch) {
      this(ids, epoch, Set.of());
    }
  }

  /** Not a position. */
  record Malformed(String reason) implements ResumePoint {}

  /**
   * Reads the written form; never throws. Null and empty are {@link None}. Pairs of channels that a
   * stream does not have are ignored, also malformed ones. So an invalid name is left out, and an
   * invalid id is {@link At#unreadable}.
   */
  static ResumePoint parse(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return new None();
    }
    if (text.equals("earliest")) {
      return new Earliest();
    }
    if (text.equals("error")) {
      return new AfterError();
    }
    Map<String, Long> ids = new HashMap<>();
    Set<String> unreadable = new HashSet<>();
    String epoch = null;
    boolean namesAny = false;
    for (String written : text.split(",", -1)) {
      PositionPair pair = PositionPair.parse(written);
      if (pair instanceof PositionPair.Malformed malformed) {
        return new Malformed(malformed.reason());
      } else if (pair instanceof PositionPair.Epoch named) {
        epoch = named.text();
        continue;
      }
      namesAny = true;
      if (pair instanceof PositionPair.Id id) {
        // The first pair of a channel applies: it is the event's pair, which a proxy lists once
        // more.
        ids.putIfAbsent(id.channel(), id.id());
      } else if (pair instanceof PositionPair.NoId noId) {
        unreadable.add(noId.channel());
      }
    }
    return namesAny
        ? new At(ids, epoch, unreadable)
        : new Malformed("the position names no channel");
  }
}
