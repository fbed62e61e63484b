package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes parts of an event into columns. */
public final class EventColumns {
  private EventColumns() {}

  /** Joins users by commas, which they do not contain; null for none. */
  public static @Nullable String joinUsers(Set<String> users) {
    return users.isEmpty() ? null : String.join(",", new TreeSet<>(users));
  }

  public static Set<String> splitUsers(@Nullable String joined) {
    return joined == null || joined.isEmpty() ? Set.of() : Set.of(joined.split(","));
  }

  public static byte @Nullable [] key(Draft draft) {
    String key = draft.idempotencyKey();
    return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
  }
}
