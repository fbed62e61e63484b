package io.gripstream.app.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Standard output and standard error of a command, in UTF-8 for any locale. Standard output throws
 * {@link Unwritten} if it cannot be written; a {@link PrintWriter} would ignore that.
 */
final class Output {
  private Output() {}

  static PrintWriter out() {
    return printer(new Strict(new FileOutputStream(FileDescriptor.out)));
  }

  static PrintWriter err() {
    return printer(new FileOutputStream(FileDescriptor.err));
  }

  private static PrintWriter printer(OutputStream to) {
    return new PrintWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), true);
  }

  /** The output could not be written. */
  static final class Unwritten extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean isUnread;

    private Unwritten(IOException cause) {
      // The message of the cause depends on the system and its language.
      super(
          "standard output cannot be written; is the disk full where it leads, or is it closed?",
          cause,
          false,
          false);
      isUnread = isPipe();
    }

    /** The reader has closed its end, as {@code head} does after its lines. */
    boolean isUnread() {
      return isUnread;
    }

    private static boolean isPipe() {
      try {
        String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
        return target.startsWith("pipe:") || target.startsWith("socket:");
      } catch (IOException e) {
        return false;
      }
    }
  }

  private static final class Strict extends OutputStream {
    private final OutputStream to;

    Strict(OutputStream to) {
      this.to = to;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      try {
        to.write(bytes, from, count);
      } catch (IOException e) {
        throw new Unwritten(e);
      }
    }
  }
}
