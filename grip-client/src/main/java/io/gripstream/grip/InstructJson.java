package io.gripstream.grip;

import io.gripstream.grip.internal.Json;
import tools.jackson.core.JsonGenerator;

/**
 * Writes an instruct as the document {@code application/grip-instruct}, without nulls, as Pushpin
 * requires.
 */
final class InstructJson {

  private InstructJson() {}

  static byte[] encode(Instruct instruct, Instruct.Answer answer) {
    if (instruct.hold() == Instruct.Hold.NONE) {
      throw new IllegalStateException("only a hold has the form " + Instruct.CONTENT_TYPE);
    }
    return Json.object(json -> {
      json.writeObjectPropertyStart("hold");
      hold(json, instruct);
      json.writeEndObject();
      json.writeObjectPropertyStart("response");
      response(json, instruct, answer);
      json.writeEndObject();
    });
  }

  private static void hold(JsonGenerator json, Instruct instruct) {
    boolean stream = instruct.hold() == Instruct.Hold.STREAM;
    json.writeStringProperty("mode", stream ? "stream" : "response");
    json.writeArrayPropertyStart("channels");
    for (Channel channel : instruct.channels()) {
      json.writeStartObject();
      json.writeStringProperty("name", channel.name());
      if (channel.prevId() != null) {
        json.writeStringProperty("prev-id", channel.prevId());
      }
      if (!channel.filters().isEmpty()) {
        Json.strings(json, "filters", channel.filters());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    if (instruct.timeout() != null) {
      json.writeNumberProperty("timeout", instruct.timeout().toSeconds());
    }
    if (!instruct.meta().isEmpty()) {
      Json.strings(json, "meta", instruct.meta());
    }
  }

  private static void response(JsonGenerator json, Instruct instruct, Instruct.Answer answer) {
    Instruct.Status status = instruct.status();
    int code = status == null ? answer.status() : status.code();
    String reason = status == null ? answer.reason() : status.reason();
    json.writeNumberProperty("code", code);
    if (reason != null) {
      json.writeStringProperty("reason", reason);
    }
    Json.headers(json, answer.headers());
    Json.bytes(json, "body", answer.body());
  }
}
