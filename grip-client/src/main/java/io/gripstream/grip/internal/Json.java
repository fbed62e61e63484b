package io.gripstream.grip.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes JSON as GRIP does: text as text, other bytes in base64 under another name. */
public final class Json {

  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Returns one JSON object with these members, in UTF-8. */
  public static byte[] object(Consumer<JsonGenerator> members) {
    var bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      members.accept(json);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /**
   * Writes bytes as {@code name} if they are UTF-8, else in base64 as {@code name-bin}. Base64 is
   * also used for a leading byte order mark, which Pushpin drops from text, and for many control
   * characters. So the result is at most twice as long as the content.
   */
  public static void bytes(JsonGenerator json, String name, byte[] content) {
    String text = utf8(content);
    if (text != null
        && !text.startsWith(WireText.BYTE_ORDER_MARK)
        && escapedLength(content) <= 2L * content.length) {
      json.writeStringProperty(name, text);
    } else {
      json.writeStringProperty(name + "-bin", Base64.getEncoder().encodeToString(content));
    }
  }

  private static long escapedLength(byte[] utf8) {
    long length = 0;
    for (byte b : utf8) {
      length += switch (b) {
        case '"', '\\', '\b', '\t', '\n', '\f', '\r' -> 2;
        default -> b >= 0 && b < ' ' ? 6 : 1;
      };
    }
    return length;
  }

  /** Writes headers as a list of pairs, which keeps their order and repetitions. */
  public static void headers(JsonGenerator json, List<Map.Entry<String, String>> headers) {
    json.writeArrayPropertyStart("headers");
    for (Map.Entry<String, String> header : headers) {
      json.writeStartArray();
      json.writeString(header.getKey());
      json.writeString(header.getValue());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  public static void strings(JsonGenerator json, String name, List<String> values) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  public static void strings(JsonGenerator json, String name, Map<String, String> values) {
    json.writeObjectPropertyStart(name);
    values.forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  /**
   * Returns whether this is exactly one JSON array.
   *
   * @throws JacksonException if it is not JSON
   */
  public static boolean isArray(byte[] utf8) {
    try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
      boolean array = json.nextToken() == JsonToken.START_ARRAY;
      json.skipChildren();
      return array && json.nextToken() == null;
    }
  }

  /** Returns the text whose UTF-8 form is exactly these bytes, or null if there is none. */
  public static @Nullable String utf8(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) {
      return text;
    }
    // Either the bytes are malformed, or they really spell the replacement character.
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
