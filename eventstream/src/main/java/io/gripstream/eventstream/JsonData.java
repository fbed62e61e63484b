package io.gripstream.eventstream;

import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.util.JsonGeneratorDelegate;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Writes objects of applications as JSON. Thread-safe. */
final class JsonData {
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .addModule(new SimpleModule().addSerializer(JsonText.class, new Nested()))
      .build();

  private JsonData() {}

  /**
   * Returns the payload of an event: a string as it is, anything else as JSON.
   *
   * @throws IllegalArgumentException if it cannot be written as JSON
   */
  static String text(@Nullable Object data) {
    return data instanceof String text
        ? text
        : write(data instanceof JsonText wrapped ? wrapped.value() : data);
  }

  /** @throws IllegalArgumentException if the value, or a part of it, cannot be written as JSON */
  static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new Finite(MAPPER.createGenerator(text))) {
      MAPPER.writeValue(json, value);
    } catch (JacksonException | NoJson e) {
      throw new IllegalArgumentException(
          "data cannot be written as JSON: " + reason(e) + place(e), e);
    }
    return JsonText.withoutHalves(text.toString());
  }

  /** In own words: Jackson's name its parts and switches, which are out of reach here. */
  private static String reason(RuntimeException failure) {
    if (String.valueOf(failure.getMessage()).startsWith("Null key for a Map")) {
      return "a map has null as a key";
    }
    if (failure instanceof InvalidDefinitionException e && e.getType() != null) {
      return "objects of " + e.getType().getRawClass().getName()
          + " cannot be written; send a map or a record";
    }
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof NoJson)) {
      cause = cause.getCause();
    }
    if (cause instanceof NoJson) {
      return String.valueOf(cause.getMessage());
    }
    if (failure instanceof StreamConstraintsException) {
      return "it is nested too deeply; does it contain itself?";
    }
    return cause instanceof JacksonException
        ? "a value in it has no form in JSON"
        : "reading it ends with " + cause.getClass().getName() + ", the cause of this";
  }

  /** Where in the data, such as {@code , at orders[2].total}; empty: not known, or all of it. */
  private static String place(RuntimeException failure) {
    StringBuilder path = new StringBuilder();
    if (failure instanceof JacksonException e && !(e instanceof StreamConstraintsException)) {
      for (JacksonException.Reference step : e.getPath()) {
        if (step.getPropertyName() != null) {
          path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
        } else if (step.getIndex() >= 0) {
          path.append('[').append(step.getIndex()).append(']');
        }
      }
    }
    return path.isEmpty() ? "" : ", at " + path;
  }

  /** What is refused here, and not by Jackson. */
  private static final class NoJson extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoJson(String message) {
      super(message);
    }
  }

  /** Writes text that is already JSON into other JSON. */
  private static final class Nested extends ValueSerializer<JsonText> {
    @Override
    public void serialize(JsonText text, JsonGenerator json, SerializationContext context) {
      if (!(text.value() instanceof String raw)) {
        context.writeValue(json, text.value());
        return;
      }
      try (JsonParser parser = MAPPER.createParser(raw)) {
        boolean any = parser.nextToken() != null;
        parser.skipChildren();
        if (!any || parser.nextToken() != null) {
          throw new NoJson("a JsonText in it is not one JSON value");
        }
      } catch (JacksonException e) {
        throw new NoJson("a JsonText in it is not JSON");
      }
      json.writeRawValue(raw);
    }
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
        throw new NoJson(number + " is no number in JSON");
      }
    }
  }
}
