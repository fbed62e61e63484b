package io.gripstream.eventstream;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes objects of the application as JSON, as its own library does:
 * {@code mapper::writeValueAsString} of Jackson 2 or 3, {@code gson::toJson}. Called from many
 * threads at once, on those that send events or open streams.
 */
@FunctionalInterface
public interface JsonWriter {
  /**
   * One JSON value as text; line breaks between its parts are fine.
   *
   * @param value not a string, and no {@link JsonText}: for that one, what is in it. Null: JSON's
   *     null
   * @throws Exception if the value cannot be written; its message is told to the sender
   */
  String write(@Nullable Object value) throws Exception;

  /** One for a library that writes bytes, in UTF-8. */
  static JsonWriter ofBytes(Bytes bytes) {
    return value -> {
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(bytes.write(value)))
            .toString();
      } catch (CharacterCodingException notUtf8) {
        throw new JsonRefusal.NoJson(
            "the writer that the application has set returns bytes that are not UTF-8");
      }
    };
  }

  /** As {@link JsonWriter}, in UTF-8. */
  @FunctionalInterface
  interface Bytes {
    /** One JSON value. The array is not touched after that. */
    byte[] write(@Nullable Object value) throws Exception;
  }
}
