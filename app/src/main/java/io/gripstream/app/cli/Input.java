package io.gripstream.app.cli;

import io.gripstream.app.config.Utf8;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;

/** Standard input of a command. */
final class Input {
  private Input() {}

  /**
   * All of standard input.
   *
   * @param rule the reason why it must be text
   * @throws Failure if it cannot be read, or is not UTF-8
   */
  static String text(String rule) {
    try {
      return Utf8.decode(stream().readAllBytes());
    } catch (CharacterCodingException e) {
      throw new Failure("standard input is not UTF-8 text; " + rule);
    } catch (IOException e) {
      throw unreadable();
    }
  }

  /** Its bytes; reading throws {@link Failure} if it cannot be read. */
  static InputStream stream() {
    return new FilterInputStream(System.in) {
      @Override
      public int read(byte[] bytes, int from, int count) {
        try {
          return super.read(bytes, from, count);
        } catch (IOException e) {
          throw unreadable();
        }
      }
    };
  }

  private static Failure unreadable() {
    return new Failure("standard input cannot be read; is it closed, or a folder?");
  }
}
