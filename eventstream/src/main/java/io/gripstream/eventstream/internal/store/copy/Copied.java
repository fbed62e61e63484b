package io.gripstream.eventstream.internal.store.copy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of a storage, other than events. Times are milliseconds since 1970. */
public final class Copied {
  private Copied() {}

  /**
   * A channel that ever had an event. Its events are those after {@code trimmed}, without a hole.
   *
   * @param last the newest id that was given
   * @param trimmed the highest id that was removed
   * @param ttl for how long its events are kept, if it is another time than for all; else 0
   */
  public record Channel(String name, long last, long trimmed, long ttl) {
    /** How many events there are. */
    public long events() {
      return last - trimmed;
    }
  }

  /** What an idempotency key names. */
  public record Key(String channel, String key, long id, long at) {}

  /** How far a proxy has confirmed a channel. */
  public record Cursor(String proxy, String channel, long upTo) {}

  /**
   * A proxy that was registered.
   *
   * @param isToRecover whether it is still to be told that its clients may lack events
   * @param isCurrent whether it was seen under the epoch of this storage
   */
  public record Proxy(String name, long seenAt, boolean isToRecover, boolean isCurrent) {}

  /**
   * A key that signs links.
   *
   * @param replacedAt 0: it is the current one
   */
  public record Secret(byte[] bytes, long replacedAt) {}

  /**
   * What a storage knows of itself.
   *
   * @param epoch null: it has none, and the copy keeps its own
   * @param grants by which rules streams are granted; null: nobody said so yet
   * @param secrets newest first
   */
  public record Identity(
      @Nullable String epoch, @Nullable String grants, List<Secret> secrets, List<Proxy> proxies) {
    public Identity {
      secrets = List.copyOf(secrets);
      proxies = List.copyOf(proxies);
    }
  }
}
