package io.gripstream.grip;

import io.gripstream.grip.internal.WireText;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Text in front of every channel name, so that several applications can share one proxy
 * ({@code GRIP_PREFIX}).
 *
 * <p>Use the same prefix for instructs and for published items. It is added to the channels of
 * instructs, to {@code id_format}, to subscriptions of WebSockets, to published channels and to
 * {@code require_sub}. It is removed from the names in {@code Grip-Last}. The {@code prefix} option
 * of a Pushpin route is different: Pushpin applies it to some of these names only.
 *
 * @param text the prefix; empty for none. Printable ASCII without {@code ,}, {@code ;} and
 *     {@code "}
 */
public record GripPrefix(String text) {

  /** No prefix. */
  public static final GripPrefix NONE = new GripPrefix("");

  private static final String REQUIRE_SUB = "require_sub";

  /** @throws IllegalArgumentException if a Grip header could not carry the prefix */
  public GripPrefix {
    WireText.requireUnquoted("GRIP_PREFIX", text, ",;\"");
  }

  /** Returns the name under which the proxy knows the channel. */
  public String apply(String channel) {
    return text + channel;
  }

  /** Returns the same channel under the name that the proxy knows. */
  public Channel apply(Channel channel) {
    return new Channel(apply(channel.name()), channel.prevId(), channel.filters());
  }

  /** Returns an instruct's meta with the channels inside {@code id_format} renamed. */
  public Map<String, String> applyToInstructMeta(Map<String, String> meta) {
    String format = meta.get(IdFormat.META);
    return text.isEmpty() || format == null
        ? meta
        : with(meta, IdFormat.META, IdFormat.mapChannels(format, this::apply));
  }

  /** Returns an item's meta with the channel inside {@code require_sub} renamed. */
  public Map<String, String> applyToItemMeta(Map<String, String> meta) {
    String channel = meta.get(REQUIRE_SUB);
    return text.isEmpty() || channel == null || channel.isEmpty()
        ? meta
        : with(meta, REQUIRE_SUB, apply(channel));
  }

  /**
   * Returns the application's name of a channel that the proxy names; empty if it has another
   * prefix.
   */
  public Optional<String> strip(String channel) {
    return channel.startsWith(text)
        ? Optional.of(channel.substring(text.length()))
        : Optional.empty();
  }

  private static Map<String, String> with(Map<String, String> meta, String key, String value) {
    var changed = new TreeMap<>(meta);
    changed.put(key, value);
    return Map.copyOf(changed);
  }
}
