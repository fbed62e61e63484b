package io.gripstream.app.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
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

  /** An item of an array is followed by the next one. */
  private static final ObjectReader ITEMS =
      MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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

  /**
   * The items of an array, read one by one, so that no more than {@code max} are ever kept.
   *
   * @return null if there are more
   * @throws IllegalArgumentException as {@link #parse}, also if it is no array
   */
  public static @Nullable List<JsonNode> parseArray(byte[] utf8, int max) {
    try (JsonParser parser = MAPPER.createParser(utf8)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IllegalArgumentException("it is not a JSON array");
      }
      List<JsonNode> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (items.size() == max) {
          return null;
        }
        items.add(ITEMS.readTree(parser));
      }
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("something follows the JSON array");
      }
      return items;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it is not JSON" + place(e), e);
    }
  }

  private static String place(JacksonException e) {
    var where = e.getLocation();
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
