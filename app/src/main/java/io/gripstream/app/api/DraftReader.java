package io.gripstream.app.api;

import io.gripstream.app.config.Nearest;
import io.gripstream.app.config.Printable;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.InvalidValueException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads an event as publishers write it: {@code {"channel" or "channels","type"?,"data",…}}. Token
 * by token: it takes no more memory than its text, for any number of tokens.
 */
public final class DraftReader {
  private static final String DEFAULT_TYPE = "message";
  private static final List<String> KNOWN =
      List.of("channel", "channels", "type", "data", "skip_user_ids", "idempotency_key");

  /** One more than an event may skip: further users make no difference. */
  private static final int ENOUGH_USERS = 1_001;

  /** One more than an event may have. */
  private static final int ENOUGH_CHANNELS = Draft.MAX_CHANNELS + 1;

  private @Nullable String channel;
  private @Nullable List<String> channels;
  private @Nullable String type;
  private @Nullable String data;
  private @Nullable String key;
  private final Set<String> users = new HashSet<>();

  private final int maxEventBytes;

  private DraftReader(int maxEventBytes) {
    this.maxEventBytes = maxEventBytes;
  }

  /**
   * @throws InvalidValueException if it is not JSON, a field is missing, unknown or of the wrong
   *     kind, or a rule is broken
   */
  public static Publication read(byte[] utf8) {
    return read(utf8, Slice.all(utf8), Integer.MAX_VALUE);
  }

  /**
   * Same as {@link #read(byte[])}, for a part.
   *
   * @param maxEventBytes reading stops when data is longer
   * @throws ApiException if data is longer
   */
  static Publication read(byte[] utf8, Slice part, int maxEventBytes) {
    DraftReader reader = new DraftReader(maxEventBytes);
    return Json.read(utf8, part.from(), part.length(), parser -> {
          reader.object(parser);
          return reader;
        })
        .publication();
  }

  private void object(JsonParser json) {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new InvalidValueException("an event is a JSON object with " + String.join(", ", KNOWN));
    }
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "channel" -> channel = text(json, name);
        case "channels" -> channels = channels(json);
        case "type" -> type = text(json, name);
        case "data" -> data = data(json);
        case "skip_user_ids" -> users(json);
        case "idempotency_key" -> key = text(json, name);
        default ->
          throw new InvalidValueException(
              "unknown field \"" + Printable.of(name) + "\"" + Nearest.hint(name, KNOWN));
      }
    }
  }

  private Publication publication() {
    if (channel != null && channels != null) {
      throw new InvalidValueException(
          "fields \"channel\" and \"channels\" cannot be used together");
    }
    List<String> named = channel != null ? List.of(channel) : channels;
    if (named == null) {
      throw new InvalidValueException("field \"channel\" is missing");
    }
    if (data == null) {
      throw new InvalidValueException("field \"data\" is missing");
    }
    Draft draft = Draft.of(named, type == null ? DEFAULT_TYPE : type, data)
        .withSkippedUsers(users)
        .withIdempotencyKey(key);
    return new Publication(draft, channel == null);
  }

  private static @Nullable List<String> channels(JsonParser json) {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw notChannels();
    }
    List<String> channels = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        throw notChannels();
      }
      if (channels.size() < ENOUGH_CHANNELS) {
        channels.add(json.getString());
      }
    }
    return channels;
  }

  private static InvalidValueException notChannels() {
    return new InvalidValueException("field \"channels\" must be a list of strings");
  }

  private String data(JsonParser json) {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return json.getString();
    }
    String copied = Json.copy(json, maxEventBytes);
    if (copied == null) {
      throw new ApiException(
          ApiError.TOO_LARGE,
          "the event has more than " + maxEventBytes + " bytes when encoded (max_event_bytes)");
    }
    return copied;
  }

  private static @Nullable String text(JsonParser json, String name) {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new InvalidValueException("field \"" + name + "\" must be a string");
    }
    return json.getString();
  }

  /** Numbers are accepted too: many applications number their users. */
  private void users(JsonParser json) {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw notUsers();
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      JsonToken user = json.currentToken();
      if (user != JsonToken.VALUE_STRING && user != JsonToken.VALUE_NUMBER_INT) {
        throw notUsers();
      }
      if (users.size() < ENOUGH_USERS) {
        users.add(json.getString());
      }
    }
  }

  private static InvalidValueException notUsers() {
    return new InvalidValueException("field \"skip_user_ids\" must be a list of strings");
  }
}
