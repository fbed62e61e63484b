package io.gripstream.app.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines of bytes, up to a length. Used by one thread. */
final class Lines {
  private static final int MAX_BYTES = 4_000_000;
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(1_024);
  private int next;
  private int end;
  private long consumed;
  private long number;

  Lines(InputStream in) {
    this.in = in;
  }

  /**
   * The next line without its end; null: none.
   *
   * @throws Failure if it is too long for an event
   */
  byte @Nullable [] next() throws IOException {
    line.reset();
    boolean any = false;
    while (true) {
      if (next == end) {
        end = in.read(buffer);
        next = 0;
        if (end <= 0) {
          end = 0;
          return any ? taken() : null;
        }
      }
      any = true;
      int from = next;
      while (next < end && buffer[next] != '\n') {
        next++;
      }
      line.write(buffer, from, next - from);
      consumed += next - from;
      if (line.size() > MAX_BYTES) {
        throw new Failure("line " + (number + 1) + " is longer than " + MAX_BYTES + " bytes");
      }
      if (next < end) {
        next++;
        consumed++;
        return taken();
      }
    }
  }

  private byte[] taken() {
    number++;
    return line.toByteArray();
  }

  /** The number of the last returned line, from 1. */
  long number() {
    return number;
  }

  /** Number of bytes read so far. */
  long consumed() {
    return consumed;
  }
}
