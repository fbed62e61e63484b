package io.gripstream.eventstream;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/** Writes text that is already JSON into other JSON. */
final class NestedJsonText extends ValueSerializer<JsonText> {
  @Override
  public void serialize(JsonText text, JsonGenerator json, SerializationContext context) {
    if (!(text.value() instanceof String raw)) {
      context.writeValue(json, text.value());
      return;
    }
    String fault = JsonData.fault(raw);
    if (fault != null) {
      throw new JsonRefusal.NoJson("a JsonText in it is " + fault);
    }
    json.writeRawValue(raw);
  }
}
