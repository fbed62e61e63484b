package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.core.RandomKey;
import io.gripstream.eventstream.store.KeyRing;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Signing keys in one field, newest first, each with the time at which it was replaced, or 0. */
final class RedisKeyRing implements KeyRing {
  private static final String FIELD = "keys";

  private final RedisStorage storage;
  private final SecureRandom random = new SecureRandom();

  private record Known(String hex, long replacedAt) {
    static Known parse(String text) {
      int colon = text.indexOf(':');
      return new Known(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
      return hex + ":" + replacedAt;
    }
  }

  RedisKeyRing(RedisStorage storage) {
    this.storage = storage;
  }

  @Override
  public List<byte[]> with(byte @Nullable [] configured) {
    while (true) {
      String read =
          storage.link().ask(commands -> commands.hget(storage.home().keys().signing(), FIELD));
      String before = Objects.requireNonNullElse(read, "");
      List<Known> keys = after(before, configured);
      String now = keys.stream().map(Known::toString).collect(Collectors.joining(","));
      if (now.equals(before) || isSwapped(before, now)) {
        return keys.stream().map(key -> HexFormat.of().parseHex(key.hex)).toList();
      }
    }
  }

  private boolean isSwapped(String before, String now) {
    List<Object> answer = storage
        .home()
        .ask(Script.SWAP, List.of(storage.home().keys().signing()), List.of(FIELD, before, now));
    return RedisStorage.text(answer, 1).equals("1");
  }

  private List<Known> after(String text, byte @Nullable [] configured) {
    long now = storage.clock().millis();
    List<Known> keys = new ArrayList<>();
    for (String key : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      Known known = Known.parse(key);
      if (known.replacedAt == 0 || known.replacedAt > now - OLD_KEY_VALID.toMillis()) {
        keys.add(known);
      }
    }
    String current = keys.isEmpty() || keys.get(0).replacedAt != 0 ? "" : keys.get(0).hex;
    if (configured == null && !current.isEmpty()) {
      return keys;
    }
    String wanted =
        HexFormat.of().formatHex(configured == null ? RandomKey.make(random) : configured);
    if (wanted.equals(current)) {
      return keys;
    }
    if (!current.isEmpty()) {
      keys.set(0, new Known(current, now));
    }
    keys.removeIf(key -> key.hex.equals(wanted));
    keys.add(0, new Known(wanted, 0));
    return keys;
  }
}
