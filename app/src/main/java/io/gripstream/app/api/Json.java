package io.gripstream.app.api;

import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes JSON, strictly and without loss: numbers stay what they are. */
public final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
      .build();

  private Json() {}

  /** The mapper, for a server that wants one. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /**
   * @throws IllegalArgumentException if it is no JSON (RFC 8259), has a key twice, or something
   *     after it; the message says where, and quotes nothing
   */
  public static JsonNode parse(byte[] utf8) {
    try {
      JsonNode node = MAPPER.readTree(utf8);
      if (node == null || node.isMissingNode()) {
        throw new IllegalArgumentException("there is no JSON, the text is empty");
      }
      return node;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it is not JSON" + place(e), e);
    }
  }

  /** What to do with a text of JSON, from its first token on, to its last. */
  interface Reading<T> {
    T read(JsonParser parser);
  }

  /** As {@link #parse}, of a part, and without a tree. */
  static <T> T read(byte[] utf8, int from, int length, Reading<T> reading) {
    try (JsonParser parser = MAPPER.createParser(utf8, from, length)) {
      if (parser.nextToken() == null) {
        throw new IllegalArgumentException("there is no JSON, the text is empty");
      }
      T result = reading.read(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("it is not JSON" + place(parser.currentLocation()));
      }
      return result;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it is not JSON" + place(e), e);
    }
  }

  /**
   * The value that begins at the parser's token, without blanks, each number as it was written.
   *
   * @param max about so many characters at most
   * @return null if it is longer
   */
  static @Nullable String copy(JsonParser from, int max) {
    StringWriter text = new StringWriter();
    try (JsonGenerator to = MAPPER.createGenerator(text)) {
      int depth = 0;
      do {
        JsonToken token = from.currentToken();
        switch (token) {
          case START_OBJECT -> to.writeStartObject();
          case END_OBJECT -> to.writeEndObject();
          case START_ARRAY -> to.writeStartArray();
          case END_ARRAY -> to.writeEndArray();
          case PROPERTY_NAME -> to.writeName(from.currentName());
          case VALUE_STRING -> to.writeString(from.getString());
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> to.writeNumber(from.getString());
          case VALUE_TRUE, VALUE_FALSE -> to.writeBoolean(from.getBooleanValue());
          default -> to.writeNull();
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (text.getBuffer().length() > max) {
          return null;
        }
      } while (depth > 0 && from.nextToken() != null);
    }
    return text.toString();
  }

  private static String place(JacksonException e) {
    return place(e.getLocation());
  }

  private static String place(@Nullable TokenStreamLocation where) {
    if (where == null) {
      return "";
    }
    String line = where.getLineNr() > 1 ? "line " + where.getLineNr() + ", " : "";
    return ", at " + line + "column " + where.getColumnNr();
  }

  /** The JSON of anything. */
  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }
}
