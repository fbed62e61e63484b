package io.gripstream.app.auth;

import io.gripstream.eventstream.InvalidValueException;
import java.util.List;

/**
 * Matches channel names: {@code news} is one channel, {@code room-*} all channels with this
 * beginning, {@code *} all channels.
 */
public record ChannelPattern(String text) {
  /** All channels. */
  public static final ChannelPattern ALL = new ChannelPattern("*");

  /** @throws InvalidValueException if it is empty, or has a {@code *} before its end */
  public ChannelPattern {
    int star = text.indexOf('*');
    if (text.isEmpty() || (star >= 0 && star < text.length() - 1)) {
      throw new InvalidValueException(
          "a channel pattern is a name, or the beginning of one and then *, or * alone");
    }
  }

  /** Patterns from their texts. */
  public static List<ChannelPattern> list(List<String> texts) {
    return texts.stream().map(ChannelPattern::new).toList();
  }

  /** Returns whether one of the patterns matches the channel. */
  public static boolean anyMatches(List<ChannelPattern> patterns, String channel) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(channel));
  }

  /** Returns whether this matches the channel. */
  public boolean matches(String channel) {
    return matches(text, channel);
  }

  /** Returns whether a text may match more than one channel. */
  public static boolean isPattern(String text) {
    return text.endsWith("*");
  }

  /** Returns whether an unchecked pattern matches the channel. */
  public static boolean matches(String pattern, String channel) {
    return isPattern(pattern)
        ? channel.regionMatches(0, pattern, 0, pattern.length() - 1)
        : channel.equals(pattern);
  }
}
