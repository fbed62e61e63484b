package io.gripstream.grip.publish;

import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.internal.WireText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Content to publish on a channel.
 *
 * <p>Ids are strings, unique on their channel. The proxy drops an item whose id it has seen there
 * within {@code id_cache_ttl} (60 s). Therefore it is safe to publish an item again if the outcome
 * is unknown. Publish to a channel either always with ids or never.
 *
 * @param channel not empty
 * @param id of this item, or null
 * @param prevId id of the item before it on the channel, or null. A client that has another one
 *     does not get the item; the proxy asks the origin for it
 * @param noSeq whether the proxy must not wait for the item before it
 * @param meta values that filters read: {@code sender}, {@code skip_users} (a comma list),
 *     {@code require_sub}
 * @param formats at least one, at most one of each kind
 */
public record Item(
    String channel,
    @Nullable String id,
    @Nullable String prevId,
    boolean noSeq,
    Map<String, String> meta,
    List<Format> formats) {

  /** @throws IllegalArgumentException if a rule above is broken or text is not Unicode */
  public Item {
    WireText.requireName("channel", channel);
    requireId("id", id);
    requireId("prev-id", prevId);
    meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    meta.forEach((key, value) -> {
      WireText.requireName("meta key", key);
      WireText.requireText("meta " + WireText.printable(key), value);
    });
    formats = List.copyOf(formats);
    if (formats.isEmpty()) {
      throw new IllegalArgumentException("an item needs at least one format");
    }
    var kinds = EnumSet.noneOf(Format.Kind.class);
    for (Format format : formats) {
      if (!kinds.add(format.kind())) {
        throw new IllegalArgumentException("an item has two formats of kind " + format.kind());
      }
    }
  }

  private static void requireId(String what, @Nullable String id) {
    if (id == null) {
      return;
    }
    WireText.requireName(what, id);
    if (id.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == ',' || c == ';')) {
      throw new IllegalArgumentException(
          "%s \"%s\" has a control character, ',' or ';', so Grip-Last could not carry it"
              .formatted(what, WireText.printable(id)));
    }
  }

  /** Begins an item for this channel. */
  public static Builder builder(String channel) {
    return new Builder(channel);
  }

  /** Makes an item without id that appends text to held streams. */
  public static Item stream(String channel, String text) {
    return builder(channel).stream(text).build();
  }

  /**
   * Returns the same item under the names that the proxy knows: channel and {@code require_sub}.
   */
  public Item withPrefix(GripPrefix prefix) {
    return prefix.text().isEmpty()
        ? this
        : new Item(prefix.apply(channel), id, prevId, noSeq, prefix.applyToItemMeta(meta), formats);
  }

  /** Returns the item as JSON for the control endpoint, in UTF-8. */
  public byte[] toJson() {
    return ItemJson.encode(this);
  }

  /** Collects an item. Use it in one thread at a time. */
  public static final class Builder {
    private final String channel;
    private @Nullable String id;
    private @Nullable String prevId;
    private boolean noSeq;
    private final Map<String, String> meta = new LinkedHashMap<>();
    private final List<Format> formats = new ArrayList<>();

    private Builder(String channel) {
      this.channel = channel;
    }

    /** Sets the id; unique on its channel. Default: none, and the item may arrive twice. */
    public Builder id(String id) {
      this.id = id;
      return this;
    }

    /**
     * Sets the id of the item that a client must already have. Default: none, and every client gets
     * this item.
     */
    public Builder prevId(String prevId) {
      this.prevId = prevId;
      return this;
    }

    /**
     * Delivers the item immediately, even if the one before it has not arrived. Default: waits for
     * it.
     */
    public Builder noSeq() {
      this.noSeq = true;
      return this;
    }

    /**
     * Sets a value that filters read, see {@link Item#meta()}; a later value replaces an earlier
     * one.
     */
    public Builder meta(String key, String value) {
      meta.put(key, value);
      return this;
    }

    /** Adds a format; one of each kind. */
    public Builder format(Format format) {
      formats.add(format);
      return this;
    }

    /** Appends text to held streams. */
    public Builder stream(String text) {
      return stream(utf8(text));
    }

    /** Appends bytes to held streams. */
    public Builder stream(byte[] content) {
      return format(new Format.HttpStream(content, null));
    }

    /** Ends held streams. */
    public Builder closeStream() {
      return format(new Format.HttpStreamClose());
    }

    /** Answers held responses with status 200 and this body. */
    public Builder response(String contentType, String body) {
      var headers = List.of(Map.entry("Content-Type", contentType));
      return format(new Format.HttpResponse(200, null, headers, utf8(body), null));
    }

    /** Sends a text message to WebSockets. */
    public Builder message(String text) {
      return format(new Format.WsMessage(Format.WsMessage.Type.TEXT, utf8(text), null));
    }

    /** Sends a binary message to WebSockets. */
    public Builder message(byte[] content) {
      return format(new Format.WsMessage(Format.WsMessage.Type.BINARY, content, null));
    }

    /** Makes streams and held responses ask the origin for missing items. */
    public Builder hint() {
      return format(new Format.HttpStreamHint()).format(new Format.HttpResponseHint());
    }

    /**
     * Makes the item and checks it.
     *
     * @throws IllegalArgumentException if a rule of {@link Item} is broken
     */
    public Item build() {
      return new Item(channel, id, prevId, noSeq, meta, formats);
    }

    private static byte[] utf8(String text) {
      return WireText.requireUnicode("content", text).getBytes(StandardCharsets.UTF_8);
    }
  }
}
