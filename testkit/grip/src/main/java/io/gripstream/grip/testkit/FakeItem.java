package io.gripstream.grip.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An item as the control endpoint received it.
 *
 * @param json the whole item
 */
public record FakeItem(JsonNode json) {

  /** The channel; empty if the item does not name one. */
  public String channel() {
    return json.path("channel").stringValue("");
  }

  /** The id by which later items refer to it; null: none. */
  public @Nullable String id() {
    return text("id");
  }

  /** The id of the item that clients must already have; null: none. */
  public @Nullable String prevId() {
    return text("prev-id");
  }

  /** Whether it does not wait for the item before it. */
  public boolean noSeq() {
    return json.path("no-seq").booleanValue(false);
  }

  private @Nullable String text(String name) {
    JsonNode value = json.get(name);
    return value == null ? null : value.stringValue();
  }

  /** A value of the item's meta, or the empty text. */
  public String meta(String key) {
    return json.path("meta").path(key).stringValue("");
  }

  /** The format under this name: {@code http-stream}, {@code http-response}, {@code ws-message}. */
  public @Nullable JsonNode format(String name) {
    return json.path("formats").get(name);
  }

  /** The content for streams as text. */
  public String streamContent() {
    JsonNode format = format("http-stream");
    return format == null ? "" : new String(bytes(format, "content"), StandardCharsets.UTF_8);
  }

  /** Returns the member {@code name} of a format, or {@code name-bin} in base64. */
  public static byte[] bytes(JsonNode format, String name) {
    JsonNode binary = format.get(name + "-bin");
    return binary != null
        ? Base64.getDecoder().decode(binary.stringValue())
        : format.path(name).stringValue("").getBytes(StandardCharsets.UTF_8);
  }
}
