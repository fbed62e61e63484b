package io.gripstream.eventstream.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Something that was done while a recording was made. */
sealed interface Step {
  /** Sending the recorded request itself. */
  record Asked() implements Step {}

  /**
   * @param data what each event says: a string, as Python's {@code json.dumps} made it of the
   *     value; or an object that the reference was told not to make JSON of
   */
  record Send(String channel, String type, List<Object> data, List<String> skipUsers)
      implements Step {}

  /** The event is stored, but no proxy hears of it. */
  record SendAside(String channel, String type, String data) implements Step {}

  record Deny(String user, String channel) implements Step {}

  record Allow(String user, String channel) implements Step {}

  record PermissionChanged(@Nullable String user, String channel) implements Step {}

  record Forget(String channel, long upTo) implements Step {}

  record Wait(double seconds) implements Step {}

  /** A client connects. */
  record Open(String client, String target, Map<String, String> headers) implements Step {}

  /** A client leaves. */
  record Close(String client) implements Step {}

  static Step of(JsonNode json) {
    if (json.isString()) {
      return new Asked();
    }
    String channel = json.path("channel").asString("");
    String type = json.path("type").asString("");
    return switch (json.get("op").asString()) {
      case "send", "sends" -> new Send(channel, type, data(json), strings(json, "skip_user_ids"));
      case "send-side" -> new SendAside(channel, type, json.get("text").asString());
      case "deny" -> new Deny(json.get("user").asString(), channel);
      case "allow" -> new Allow(json.get("user").asString(), channel);
      case "permission-changed" ->
        new PermissionChanged(
            json.get("user").isNull() ? null : json.get("user").asString(), channel);
      case "delete-event" -> new Forget(channel, json.get("up_to").asLong());
      case "wait" -> new Wait(json.get("seconds").asDouble());
      case "open" ->
        new Open(
            json.get("client").asString(),
            json.get("target").asString(),
            Recording.headers(json.get("headers")));
      case "close" -> new Close(json.get("client").asString());
      default -> throw new IllegalArgumentException("unknown step " + json);
    };
  }

  private static List<Object> data(JsonNode json) {
    if (json.has("object")) {
      return List.of(json.get("object"));
    }
    return json.has("text")
        ? List.of(json.get("text").asString())
        : new ArrayList<>(strings(json, "texts"));
  }

  /** Python may have been given numbers. */
  private static List<String> strings(JsonNode json, String name) {
    return json.path(name).valueStream().map(JsonNode::asString).toList();
  }
}
