package io.gripstream.eventstream;

import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonGeneratorDelegate;
import tools.jackson.databind.json.JsonMapper;

/** Writes objects of applications as JSON. Thread-safe. */
final class JsonData {
  /** Writes for an application that sets no writer. */
  static final JsonData DEFAULT = new JsonData(JsonData::writeFinite, false);

  /** A number or a string may be as long as an event. */
  private static final JsonFactory READER = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNumberLength(Integer.MAX_VALUE)
          .maxStringLength(Integer.MAX_VALUE)
          .build())
      .build();

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final JsonWriter writer;
  private final boolean isForeign;

  private JsonData(JsonWriter writer, boolean isForeign) {
    this.writer = writer;
    this.isForeign = isForeign;
  }

  /** Writes as the application does, and checks the result. */
  static JsonData by(JsonWriter writer) {
    return new JsonData(writer, true);
  }

  /**
   * Returns the payload of an event: a string as it is, anything else as JSON.
   *
   * @throws IllegalArgumentException if it cannot be written as JSON; the message names its type
   */
  String text(@Nullable Object data) {
    return data instanceof String text
        ? text
        : write(data instanceof JsonText wrapped ? wrapped.value() : data);
  }

  /** @throws IllegalArgumentException if the value, or a part of it, cannot be written as JSON */
  String write(@Nullable Object value) {
    String text;
    try {
      text = writer.write(value);
    } catch (JacksonException | JsonRefusal.NoJson e) {
      throw JsonRefusal.of(value, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw JsonRefusal.of(value, "its thread was interrupted", e);
    } catch (Exception | StackOverflowError e) {
      throw JsonRefusal.of(
          value, "writing it ends with " + e.getClass().getName() + ", the cause of this", e);
    }
    if (isForeign) {
      checkForeign(value, text);
    }
    return JsonText.withoutHalves(text);
  }

  private static void checkForeign(@Nullable Object value, @Nullable String text) {
    String fault = text == null ? "null" : fault(text);
    if (fault != null) {
      throw JsonRefusal.of(value, "the writer that the application has set returns " + fault, null);
    }
  }

  /** Says why that is not JSON; null: it is. */
  static @Nullable String fault(String json) {
    try (JsonParser parser = READER.createParser(ObjectReadContext.empty(), json)) {
      boolean any = parser.nextToken() != null;
      parser.skipChildren();
      return any && parser.nextToken() == null ? null : "not one JSON value";
    } catch (JacksonException e) {
      return "not JSON";
    }
  }

  private static String writeFinite(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new Finite(MAPPER.createGenerator(text))) {
      MAPPER.writeValue(json, value);
    }
    return text.toString();
  }

  /**
   * Refuses numbers that are not finite: JSON has none, and Jackson would write a string instead.
   */
  private static final class Finite extends JsonGeneratorDelegate {
    Finite(JsonGenerator json) {
      // Otherwise the wrapped generator would write objects, past these methods.
      super(json, false);
    }

    @Override
    public JsonGenerator writeNumber(double number) {
      check(number);
      return super.writeNumber(number);
    }

    @Override
    public JsonGenerator writeNumber(float number) {
      check(number);
      return super.writeNumber(number);
    }

    @Override
    public JsonGenerator writeArray(double[] numbers, int from, int count) {
      for (int i = from; i < from + count; i++) {
        check(numbers[i]);
      }
      return super.writeArray(numbers, from, count);
    }

    private static void check(double number) {
      if (!Double.isFinite(number)) {
        throw new JsonRefusal.NoJson(number + " is not a number in JSON");
      }
    }
  }
}
