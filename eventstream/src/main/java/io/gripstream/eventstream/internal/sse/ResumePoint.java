package io.gripstream.eventstream.internal.sse;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.grip.internal.PercentText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The position that a client states: the header {@code Last-Event-ID} or its query parameter. */
public sealed interface ResumePoint {
  /** The client is new. */
  record None() implements ResumePoint {}

  /** {@code earliest}: the client wants all stored events. */
  record Earliest() implements ResumePoint {}

  /** {@code error}: the client was told not to return. */
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

  /** An epoch that a client sends comes back in the {@code id} of its {@code stream-open}. */
  Pattern EPOCH = Pattern.compile("[A-Za-z0-9]{1,64}");

  /**
   * Reads the written form; never throws. Null and empty are {@link None}. Pairs of channels that a
   * stream does not have are ignored, however they look. So an invalid name is left out, and an
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

  /** An id that is too large is beyond every head anyway. Negative: not a number. */
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
