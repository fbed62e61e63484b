package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How parts of an event are written into columns. */
final class Texts {
  private Texts() {}

  /** Users have no commas, so commas join them; null for nobody. */
  static @Nullable String joinUsers(Set<String> users) {
    return users.isEmpty() ? null : String.join(",", new TreeSet<>(users));
  }

  static Set<String> splitUsers(@Nullable String joined) {
    return joined == null || joined.isEmpty() ? Set.of() : Set.of(joined.split(","));
  }

  static byte @Nullable [] key(Draft draft) {
    String key = draft.idempotencyKey();
    return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
  }

  static Event event(Draft draft, long id, long at) {
    return new Event(
        draft.channel(),
        id,
        draft.type(),
        draft.data(),
        draft.skipUsers(),
        Instant.ofEpochMilli(at));
  }
}
