package io.gripstream.eventstream.internal.store.copy;

import io.gripstream.eventstream.Event;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The events of each channel as one number, to see whether others are the same. Those of a channel
 * come together. Used by one thread.
 */
final class Digest {
  /** The events of a channel: how many, the ids at both ends, and what they say. */
  record Sum(long events, long first, long last, byte[] digest) {
    static final Sum NONE = new Sum(0, 0, 0, new byte[0]);

    boolean isSame(Sum other) {
      return events == other.events
          && first == other.first
          && last == other.last
          && Arrays.equals(digest, other.digest);
    }

    /** Whether no id between both ends is missing. */
    boolean isWhole() {
      return events == 0 || last - first + 1 == events;
    }
  }

  private final MessageDigest digest;
  private final ByteBuffer numbers = ByteBuffer.allocate(2 * Long.BYTES + 3 * Integer.BYTES);
  private final Map<String, Sum> sums = new HashMap<>();
  private @Nullable String channel;
  private long events;
  private long first;
  private long last;

  Digest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  void add(Event event) {
    if (!event.channel().equals(channel)) {
      end();
      channel = event.channel();
      first = event.id();
    }
    byte[] type = event.type().getBytes(StandardCharsets.UTF_8);
    byte[] data = event.data().getBytes(StandardCharsets.UTF_8);
    byte[] users =
        String.join(",", new TreeSet<>(event.skippedUsers())).getBytes(StandardCharsets.UTF_8);
    numbers.clear();
    numbers.putLong(event.id()).putLong(event.at().toEpochMilli());
    numbers.putInt(type.length).putInt(data.length).putInt(users.length);
    digest.update(numbers.array());
    digest.update(type);
    digest.update(data);
    digest.update(users);
    events++;
    last = event.id();
  }

  private void end() {
    if (channel != null) {
      sums.put(channel, new Sum(events, first, last, digest.digest()));
      events = 0;
      channel = null;
    }
  }

  /** The sum of a channel. */
  Sum of(String name) {
    end();
    return sums.getOrDefault(name, Sum.NONE);
  }
}
