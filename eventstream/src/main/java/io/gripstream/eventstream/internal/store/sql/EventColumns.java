package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How parts of an event are written into columns. */
public final class EventColumns {
  private EventColumns() {}

  /** Users have no commas, so commas join them; null for nobody. */
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
