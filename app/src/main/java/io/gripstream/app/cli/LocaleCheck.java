package io.gripstream.app.cli;

import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Sources;
import io.gripstream.app.config.Utf8;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the JVM could decode the arguments and variables of this process. It decodes them by
 * the locale, and undecodable characters are lost before the program runs: without a locale,
 * everything except ASCII.
 */
final class LocaleCheck {
  private static final char REPLACEMENT = '\uFFFD';
  private static final String RULE = " is not UTF-8 text";
  private static final byte[] NOT_TEXT = {(byte) 0xff};

  private LocaleCheck() {}

  /** The problem in one line; null: none. */
  static @Nullable String problem(Map<String, String> environment, String... arguments) {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    return encoding.equalsIgnoreCase("UTF-8")
        ? broken(environment, arguments)
        : lost(encoding, environment, arguments);
  }

  private static @Nullable String lost(
      String encoding, Map<String, String> environment, String... arguments) {
    String how = " cannot be read in this locale (" + encoding + "): run it with LC_ALL=C.UTF-8";
    for (int i = 0; i < arguments.length; i++) {
      if (!isAscii(arguments[i])) {
        return "argument " + (i + 1) + how;
      }
    }
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (Sources.isRead(variable.getKey()) && !isAscii(variable.getValue())) {
        return "environment variable " + Printable.of(variable.getKey()) + how;
      }
    }
    return isAscii(System.getProperty("user.dir", "")) ? null : "the working directory" + how;
  }

  /** A replacement character may be a real one: only the bytes show that. */
  private static @Nullable String broken(Map<String, String> environment, String... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].indexOf(REPLACEMENT) >= 0 && !isText(argument(arguments.length - i))) {
        return "argument " + (i + 1) + " (\"" + Printable.of(arguments[i]) + "\")" + RULE;
      }
    }
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      String name = variable.getKey();
      if (Sources.isRead(name)
          && variable.getValue().indexOf(REPLACEMENT) >= 0
          && !isText(variable(name))) {
        return "environment variable " + Printable.of(name) + RULE;
      }
    }
    return null;
  }

  /** The bytes of an argument, counted from the end, because those of the JVM come first. */
  private static byte[] argument(int fromEnd) {
    List<byte[]> all = entries("/proc/self/cmdline");
    return all.size() < fromEnd ? NOT_TEXT : all.get(all.size() - fromEnd);
  }

  private static byte[] variable(String name) {
    byte[] begin = (name + "=").getBytes(StandardCharsets.UTF_8);
    return entries("/proc/self/environ").stream()
        .filter(entry -> entry.length >= begin.length
            && Arrays.equals(entry, 0, begin.length, begin, 0, begin.length))
        .findFirst()
        .orElse(NOT_TEXT);
  }

  /** The system's copy, each entry ended by a zero; empty if the file does not exist. */
  private static List<byte[]> entries(String file) {
    try {
      String bytes = new String(Files.readAllBytes(Path.of(file)), StandardCharsets.ISO_8859_1);
      String whole = bytes.endsWith("\0") ? bytes.substring(0, bytes.length() - 1) : bytes;
      return Arrays.stream(whole.split("\0", -1))
          .map(entry -> entry.getBytes(StandardCharsets.ISO_8859_1))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean isText(byte[] bytes) {
    try {
      Utf8.decode(bytes);
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
