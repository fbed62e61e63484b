package io.gripstream.eventstream;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes objects of the application as JSON with the application's library:
 * {@code mapper::writeValueAsString} of Jackson 2 or 3, {@code gson::toJson}. Called from many
 * threads at once: those that send events or open streams.
 */
@FunctionalInterface
public interface JsonWriter {
  /**
   * Returns one JSON value as text; line breaks between its parts are allowed.
   *
   * @param value not a string and not a {@link JsonText}, whose value is passed instead. Null:
   *     write {@code null}
   * @throws Exception if the value cannot be written; the sender gets its message
   */
  String write(@Nullable Object value) throws Exception;

  /** Makes a writer from a library that writes bytes in UTF-8. */
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
    /** Returns one JSON value. The library does not change the array after that. */
    byte[] write(@Nullable Object value) throws Exception;
  }
}
