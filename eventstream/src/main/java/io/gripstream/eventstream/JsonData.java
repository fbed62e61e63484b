package io.gripstream.eventstream;

import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.util.JsonGeneratorDelegate;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Objects of applications as JSON. Thread-safe. */
final class JsonData {
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .addModule(new SimpleModule().addSerializer(JsonText.class, new Nested()))
      .build();

  private JsonData() {}

  /**
   * The payload of an event: a string as it is, anything else as JSON.
   *
   * @throws IllegalArgumentException if it has no JSON
   */
  static String text(@Nullable Object data) {
    return data instanceof String text
        ? text
        : write(data instanceof JsonText wrapped ? wrapped.value() : data);
  }

  /** @throws IllegalArgumentException if the value, or a part of it, has no JSON */
  static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new Finite(MAPPER.createGenerator(text))) {
      MAPPER.writeValue(json, value);
    } catch (JacksonException e) {
      throw refused(e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage(), e);
    }
    return JsonText.withoutHalves(text.toString());
  }

  private static IllegalArgumentException refused(@Nullable String why, RuntimeException cause) {
    return new IllegalArgumentException("data cannot be written as JSON: " + why, cause);
  }

  /** Text that is JSON already, inside of other data. */
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
          throw new IllegalArgumentException("a JsonText in it is not one JSON value");
        }
      } catch (JacksonException e) {
        throw new IllegalArgumentException("a JsonText in it is not JSON", e);
      }
      json.writeRawValue(raw);
    }
  }

  /** JSON has no number for what is not finite; Jackson would write a string instead. */
  private static final class Finite extends JsonGeneratorDelegate {
    Finite(JsonGenerator json) {
      // Else objects are written by the other generator, past these methods.
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
        throw new IllegalArgumentException(number + " is no number in JSON");
      }
    }
  }
}
