package io.gripstream.app.api;

import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.JsonText;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes JSON, strictly and without loss: numbers stay what they are. */
public final class Json {
  private static final int MAX_DEPTH = 500;
  private static final int MAX_DIGITS = 1_000;
  private static final int MAX_NAME = 50_000;

  private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder()
              .maxNestingDepth(MAX_DEPTH)
              .maxNumberLength(MAX_DIGITS)
              .maxNameLength(MAX_NAME)
              .maxStringLength(Integer.MAX_VALUE)
              .build())
          // JSON is UTF-8 (RFC 8259).
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
      .build();

  private Json() {}

  /** The mapper, for Javalin. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /**
   * @throws InvalidValueException if it is not JSON (RFC 8259), has a duplicate key, or text after
   *     it; the message names the place and quotes nothing
   */
  public static JsonNode parse(byte[] utf8) {
    int from = begin(utf8);
    try (JsonParser parser = MAPPER.createParser(utf8, from, utf8.length - from)) {
      JsonNode node = MAPPER.readTree(parser);
      if (node == null || node.isMissingNode()) {
        throw new InvalidValueException("there is no JSON, the text is empty");
      }
      return node;
    } catch (JacksonException e) {
      throw refusal(e);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new InvalidValueException("it has a number that is too large", e);
    }
  }

  /** Reads a JSON text from its first token to its last. */
  interface Reading<T> {
    T read(JsonParser parser);
  }

  /** Same as {@link #parse}, for a part, without a tree. */
  static <T> T read(byte[] utf8, int from, int length, Reading<T> reading) {
    try (JsonParser parser = MAPPER.createParser(utf8, from, length)) {
      if (parser.nextToken() == null) {
        throw new InvalidValueException("there is no JSON, the text is empty");
      }
      T result = reading.read(parser);
      if (parser.nextToken() != null) {
        throw new InvalidValueException("it is not JSON" + place(parser.currentLocation()));
      }
      return result;
    } catch (JacksonException e) {
      throw refusal(e);
    }
  }

  /**
   * Copies the value at the parser's token without blanks. Numbers stay as written; half a
   * surrogate pair becomes its escape.
   *
   * @param max maximum number of characters, roughly
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
    return JsonText.withoutHalves(text.toString());
  }

  /** The start of the text, after a byte order mark. */
  static int begin(byte[] utf8) {
    boolean hasMark = utf8.length >= 3
        && utf8[0] == (byte) 0xef
        && utf8[1] == (byte) 0xbb
        && utf8[2] == (byte) 0xbf;
    return hasMark ? 3 : 0;
  }

  /** The parser's finding, without its words and without any part of the input. */
  private static InvalidValueException refusal(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    String what;
    if (e instanceof StreamConstraintsException) {
      what = message.contains("depth")
          ? "it is nested deeper than " + MAX_DEPTH + " levels"
          : message.startsWith("Number")
              ? "it has a number of more than 1,000 digits"
              : "it has a name of more than 50,000 characters";
    } else if (message.startsWith("Duplicate Object property")) {
      what = "it has a name twice in one object";
    } else {
      what = "it is not JSON";
    }
    return new InvalidValueException(what + place(e.getLocation()), e);
  }

  private static String place(@Nullable TokenStreamLocation where) {
    if (where == null || where.getColumnNr() < 1) {
      return "";
    }
    String line = where.getLineNr() > 1 ? "line " + where.getLineNr() + ", " : "";
    return ", at " + line + "column " + where.getColumnNr();
  }

  /** Writes any value as JSON, in UTF-8. */
  static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** Writes any value as JSON. */
  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }
}
