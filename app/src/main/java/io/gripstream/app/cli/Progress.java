package io.gripstream.app.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A progress line on the terminal; nothing without a terminal. */
final class Progress {
  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int WIDTH = 30;

  private final PrintWriter err;
  private final boolean isShown;
  private final long bytes;
  private final LongSupplier nanos;
  private final long start;
  private long shown;
  private boolean isOpen;

  /** @param bytes total; 0: unknown */
  Progress(PrintWriter err, boolean isShown, long bytes, LongSupplier nanos) {
    this.err = err;
    this.isShown = isShown;
    this.bytes = bytes;
    this.nanos = nanos;
    this.start = nanos.getAsLong();
    this.shown = start;
  }

  void show(long events, long consumed) {
    long now = nanos.getAsLong();
    if (!isShown || now - shown < EVERY) {
      return;
    }
    shown = now;
    isOpen = true;
    double seconds = (now - start) / 1e9;
    String bar = "";
    if (bytes > 0) {
      int done = (int) Math.min(WIDTH, WIDTH * consumed / bytes);
      bar = "[" + "#".repeat(done) + "-".repeat(WIDTH - done) + "] ";
    }
    err.print(
        String.format(Locale.ROOT, "\r%s%,d events, %,.0f/s ", bar, events, events / seconds));
    err.flush();
  }

  /** Clears the line for other output. */
  void end() {
    if (isOpen) {
      err.print("\r\033[K");
      err.flush();
      isOpen = false;
    }
  }
}
