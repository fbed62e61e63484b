package io.gripstream.app.api;

import io.gripstream.app.config.Nearest;
import io.gripstream.app.config.Printable;
import io.gripstream.eventstream.Draft;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads an event as publishers write it: {@code {"channel","type"?,"data","skip_user_ids"?,…}}. */
public final class DraftReader {
  private static final String DEFAULT_TYPE = "message";
  private static final List<String> KNOWN =
      List.of("channel", "type", "data", "skip_user_ids", "idempotency_key");

  private DraftReader() {}

  /**
   * @throws IllegalArgumentException if a field is missing, unknown or of the wrong kind, or a rule
   *     broken
   */
  public static Draft read(JsonNode json) {
    if (!json.isObject()) {
      throw new IllegalArgumentException(
          "an event is a JSON object with " + String.join(", ", KNOWN));
    }
    for (String name : json.propertyNames()) {
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException(
            "unknown field \"" + Printable.of(name) + "\"" + Nearest.hint(name, KNOWN));
      }
    }
    String channel = text(json, "channel");
    if (channel == null) {
      throw new IllegalArgumentException("field \"channel\" is missing");
    }
    JsonNode data = json.get("data");
    if (data == null) {
      throw new IllegalArgumentException("field \"data\" is missing");
    }
    String type = text(json, "type");
    return new Draft(
        channel,
        type == null ? DEFAULT_TYPE : type,
        data.isString() ? data.stringValue() : Json.write(data),
        users(json.get("skip_user_ids")),
        text(json, "idempotency_key"));
  }

  private static @Nullable String text(JsonNode json, String name) {
    JsonNode value = json.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw new IllegalArgumentException("field \"" + name + "\" must be a string");
    }
    return value.stringValue();
  }

  /** Numbers are taken too: many applications number their users. */
  private static Set<String> users(@Nullable JsonNode list) {
    Set<String> users = new HashSet<>();
    if (list == null || list.isNull()) {
      return users;
    }
    if (!list.isArray()) {
      throw new IllegalArgumentException("field \"skip_user_ids\" must be a list of strings");
    }
    for (JsonNode user : list) {
      if (!user.isString() && !user.isIntegralNumber()) {
        throw new IllegalArgumentException("field \"skip_user_ids\" must be a list of strings");
      }
      users.add(user.isString() ? user.stringValue() : user.toString());
    }
    return users;
  }
}
