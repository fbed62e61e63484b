package io.gripstream.eventstream.internal.sse;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.grip.internal.PercentText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of where it left off: the header {@code Last-Event-ID} or its query parameter.
 */
public sealed interface ResumePoint {
  /** It was never here. */
  record None() implements ResumePoint {}

  /** {@code earliest}: it wants all that is retained. */
  record Earliest() implements ResumePoint {}

  /** {@code error}: it was told not to come back. */
  record AfterError() implements ResumePoint {}

  /**
   * It had these ids, in the store of this epoch if it says which.
   *
   * @param unreadable channels of which it says something that is no id
   */
  record At(Map<String, Long> ids, @Nullable String epoch, Set<String> unreadable)
      implements ResumePoint {
    public At {
      ids = Map.copyOf(ids);
      unreadable = Set.copyOf(unreadable);
    }

    /** All of it can be read. */
    public At(Map<String, Long> ids, @Nullable String epoch) {
      this(ids, epoch, Set.of());
    }
  }

  /** No position at all. */
  record Malformed(String reason) implements ResumePoint {}

  /** What a client says comes back in the {@code id} of its {@code stream-open}. */
  Pattern EPOCH = Pattern.compile("[A-Za-z0-9]{1,64}");

  /**
   * Reads the written form; never throws. Null and empty are {@link None}. What is said of channels
   * that a stream does not have is not its business, however it looks; so a name that can be none
   * is left out, and an id that is none is {@link At#unreadable}.
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
    for (String pair : text.split(",", -1)) {
      int colon = pair.indexOf(':');
      if (colon <= 0) {
        return new Malformed("a position is CHANNEL:ID pairs joined by commas");
      }
      String name = pair.substring(0, colon);
      String id = pair.substring(colon + 1);
      if (name.equals(".")) {
        if (!EPOCH.matcher(id).matches()) {
          return new Malformed("an epoch is letters and digits");
        }
        epoch = id;
        continue;
      }
      namesAny = true;
      String channel = decode(name);
      long value = number(id);
      if (channel == null) {
        continue;
      }
      if (value < 0) {
        unreadable.add(channel);
        continue;
      }
      // The first pair of a channel counts: it is the event's own, which a proxy lists once more.
      ids.putIfAbsent(channel, value);
    }
    return namesAny
        ? new At(ids, epoch, unreadable)
        : new Malformed("the position names no channel");
  }

  /** What is too large for us is beyond every head anyway. Negative: no number. */
  private static long number(String digits) {
    if (digits.isEmpty()) {
      return -1;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return -1;
      }
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException beyondLong) {
      return Long.MAX_VALUE;
    }
  }

  private static @Nullable String decode(String written) {
    String name = PercentText.decode(written);
    try {
      return name == null ? null : ChannelNames.check(name);
    } catch (IllegalArgumentException noName) {
      return null;
    }
  }
}
