package io.gripstream.eventstream.internal.text;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.grip.internal.PercentText;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One of the pairs, joined by commas, that a written position consists of. */
public sealed interface PositionPair {
  /** The name in front of the epoch, which is not a channel. */
  String EPOCH_NAME = ".";

  Pattern EPOCH = Pattern.compile("[A-Za-z0-9]{1,64}");

  /** {@code b%20c:7}. */
  record Id(String channel, long id) implements PositionPair {}

  /** {@code .:kX3v}. */
  record Epoch(String text) implements PositionPair {}

  /** The value of this channel is not a number. */
  record NoId(String channel) implements PositionPair {}

  /** The name cannot be a channel name. */
  record NoChannel() implements PositionPair {}

  /** Not a pair, or a pair with an invalid epoch. */
  record Malformed(String reason) implements PositionPair {}

  /** Reads one pair. Never throws. */
  static PositionPair parse(String pair) {
    int colon = pair.indexOf(':');
    if (colon <= 0) {
      return new Malformed("a position is CHANNEL:ID pairs joined by commas");
    }
    String name = pair.substring(0, colon);
    String value = pair.substring(colon + 1);
    if (name.equals(EPOCH_NAME)) {
      return EPOCH.matcher(value).matches()
          ? new Epoch(value)
          : new Malformed("an epoch is letters and digits");
    }
    String channel = channel(name);
    if (channel == null) {
      return new NoChannel();
    }
    long id = number(value);
    return id < 0 ? new NoId(channel) : new Id(channel, id);
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

  private static @Nullable String channel(String written) {
    String name = PercentText.decode(written);
    try {
      return name == null ? null : ChannelNames.check(name);
    } catch (InvalidValueException noName) {
      return null;
    }
  }
}
