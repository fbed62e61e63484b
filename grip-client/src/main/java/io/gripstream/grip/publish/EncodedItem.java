package io.gripstream.grip.publish;

import io.gripstream.grip.GripPrefix;

/**
 * An item in the form that proxies get, encoded once for several of them. Immutable.
 *
 * <pre>{@code
 * EncodedItem item = EncodedItem.of(Item.stream("news", "hello"), GripPrefix.NONE);
 * publishers.forEach(publisher -> publisher.publish(item));
 * }</pre>
 */
public final class EncodedItem {
  private final String channel;
  private final byte[] json;

  private EncodedItem(String channel, byte[] json) {
    this.channel = channel;
    this.json = json;
  }

  /**
   * Encodes an item.
   *
   * @param prefix in front of the names in it; {@link GripPrefix#NONE}: none
   */
  public static EncodedItem of(Item item, GripPrefix prefix) {
    Item named = item.withPrefix(prefix);
    return new EncodedItem(named.channel(), named.toJson());
  }

  /** Its channel, with the prefix. */
  public String channel() {
    return channel;
  }

  /** Size of its JSON in bytes. */
  public int length() {
    return json.length;
  }

  /** Not a copy: for reading only. */
  byte[] json() {
    return json;
  }
}
