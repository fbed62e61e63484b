package io.gripstream.app.api;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
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
