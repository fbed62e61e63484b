package io.gripstream.app.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Decodes text from outside. Invalid bytes are refused, never replaced. */
public final class Utf8 {
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final int MAX_FILE_BYTES = 1_000_000;

  private Utf8() {}

  /** @throws CharacterCodingException if it is not UTF-8 */
  public static String decode(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /**
   * The text of a small file, without a byte order mark.
   *
   * @param what such as "the token file"
   * @throws ConfigException if it cannot be read, is longer than 1,000,000 bytes, or is not UTF-8;
   *     the message names it and quotes none of it
   */
  public static String read(String what, Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw refuse(what, file, "it is longer than " + MAX_FILE_BYTES + " bytes");
      }
      String text = decode(bytes);
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw refuse(what, file, "it is not UTF-8 text");
    } catch (IOException e) {
      throw refuse(what, file, reason(file));
    }
  }

  /** Why a file cannot be read. */
  public static String reason(Path file) {
    if (Files.isDirectory(file)) {
      return "it is a directory";
    }
    if (Files.notExists(file)) {
      return "it does not exist";
    }
    return Files.isReadable(file)
        ? "reading it fails; is its disk broken?"
        : "this user may not read it";
  }

  private static ConfigException refuse(String what, Path file, String why) {
    return new ConfigException("cannot read " + what + " " + file + ": " + why);
  }
}
