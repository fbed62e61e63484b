package io.gripstream.eventstream.internal.store.sql;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@value #MOST} most recently used values, by channel. Not thread-safe. */
public final class ChannelCache<K, V> {
  private static final int MOST = 20_000;

  private final Map<K, V> entries = new LinkedHashMap<>(64, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > MOST;
    }
  };

  public @Nullable V get(K key) {
    return entries.get(key);
  }

  public void put(K key, V value) {
    entries.put(key, value);
  }

  public void clear() {
    entries.clear();
  }
}
