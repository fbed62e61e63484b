package io.gripstream.grip.publish;

import io.gripstream.grip.internal.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/** Writes items as JSON. Absent members are left out: Pushpin treats null as a type error. */
final class ItemJson {

  private ItemJson() {}

  static byte[] encode(Item item) {
    return Json.object(json -> {
      json.writeStringProperty("channel", item.channel());
      string(json, "id", item.id());
      string(json, "prev-id", item.prevId());
      if (item.noSeq()) {
        json.writeBooleanProperty("no-seq", true);
      }
      if (!item.meta().isEmpty()) {
        Json.strings(json, "meta", item.meta());
      }
      json.writeObjectPropertyStart("formats");
      item.formats().forEach(format -> format(json, format));
      json.writeEndObject();
    });
  }

  private static void format(JsonGenerator json, Format format) {
    json.writeObjectPropertyStart(format.kind().key());
    // Pattern switches came after Java 17. The last branch makes a forgotten format an error.
    if (format instanceof Format.HttpStream stream) {
      Json.bytes(json, "content", stream.content());
      filters(json, stream.contentFilters());
    } else if (format instanceof Format.HttpResponse response) {
      head(json, response.code(), response.reason(), response.headers());
      Json.bytes(json, "body", response.body());
      filters(json, response.contentFilters());
    } else if (format instanceof Format.HttpResponsePatch response) {
      head(json, response.code(), response.reason(), response.headers());
      json.writeName("body-patch");
      json.writeRawValue(response.patch());
    } else if (format instanceof Format.WsMessage message) {
      message(json, message);
      filters(json, message.contentFilters());
    } else if (format instanceof Format.WsClose close) {
      json.writeStringProperty("action", "close");
      json.writeNumberProperty("code", close.code());
      string(json, "reason", close.reason());
    } else if (format instanceof Format.HttpStreamClose) {
      json.writeStringProperty("action", "close");
    } else if (format instanceof Format.HttpStreamHint
        || format instanceof Format.HttpResponseHint) {
      json.writeStringProperty("action", "hint");
    } else {
      throw new AssertionError(format);
    }
    json.writeEndObject();
  }

  private static void head(
      JsonGenerator json,
      int code,
      @Nullable String reason,
      List<Map.Entry<String, String>> headers) {
    json.writeNumberProperty("code", code);
    string(json, "reason", reason);
    if (!headers.isEmpty()) {
      Json.headers(json, headers);
    }
  }

  /** Binary content stays binary even if it happens to be UTF-8. */
  private static void message(JsonGenerator json, Format.WsMessage message) {
    json.writeStringProperty("type", message.type().name().toLowerCase(Locale.ROOT));
    if (message.type() == Format.WsMessage.Type.BINARY) {
      json.writeStringProperty(
          "content-bin", Base64.getEncoder().encodeToString(message.content()));
    } else {
      Json.bytes(json, "content", message.content());
    }
  }

  private static void filters(JsonGenerator json, @Nullable List<String> filters) {
    if (filters != null) {
      Json.strings(json, "content-filters", filters);
    }
  }

  private static void string(JsonGenerator json, String name, @Nullable String value) {
    if (value != null) {
      json.writeStringProperty(name, value);
    }
  }

  static boolean isUtf8(byte[] content) {
    return Json.utf8(content) != null;
  }

  /** A raw value goes into the request as it is, so it must be one whole JSON array. */
  static void requireArray(String what, String text) {
    try {
      if (Json.isArray(text.getBytes(StandardCharsets.UTF_8))) {
        return;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          what + " is not JSON, at column " + e.getLocation().getColumnNr(), e);
    }
    throw new IllegalArgumentException(what + " is not a JSON array");
  }
}
