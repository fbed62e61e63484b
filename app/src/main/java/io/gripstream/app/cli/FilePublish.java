package io.gripstream.app.cli;

import io.gripstream.app.api.DraftReader;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.Sent;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Publishes a file of events, a JSON object per line, in order. An invalid line is reported and
 * skipped; when the storage fails, it stops. Used by one thread.
 */
final class FilePublish {
  /** Maximum number of events on their way to the storage. */
  private static final int UNDER_WAY = 2_000;

  /** Maximum of their bytes, once for each channel: the storage refuses more on a small heap. */
  private static final long BYTES_UNDER_WAY =
      Math.min(4_000_000, Runtime.getRuntime().maxMemory() / 16);

  /** A proxy's queue has 10,000 places; a running server repeats events that do not fit. */
  private static final int BETWEEN_FLUSHES = 4_000;

  private static final Duration FLUSH = Duration.ofSeconds(30);
  private static final int TOLD = 10;

  private final EventStream events;
  private final PrintWriter err;
  private final Progress progress;
  private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();
  private long bytesUnderWay;
  private long published;
  private long refused;

  FilePublish(EventStream events, PrintWriter err, Progress progress) {
    this.events = events;
    this.err = err;
    this.progress = progress;
  }

  /**
   * Publishes the whole file. Blocks.
   *
   * @return number of refused lines
   * @throws Failure if the storage fails; the message says how many lines were published
   */
  long publish(InputStream in) throws IOException {
    Lines lines = new Lines(in);
    long sinceFlush = 0;
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      if (isBlank(line)) {
        continue;
      }
      send(line, lines.number());
      if (++sinceFlush >= BETWEEN_FLUSHES) {
        settleAll();
        events.flush(FLUSH);
        sinceFlush = 0;
      }
      progress.show(published, lines.consumed());
    }
    settleAll();
    events.flush(FLUSH);
    progress.end();
    return refused;
  }

  long published() {
    return published;
  }

  private void send(byte[] line, long number) {
    try {
      Draft draft = DraftReader.read(line).draft();
      long bytes = (long) line.length * draft.channels().size();
      makeRoom(bytes);
      underWay.add(new UnderWay(number, events.sendAsync(draft), bytes));
      bytesUnderWay += bytes;
    } catch (IllegalArgumentException e) {
      refuse(number, e);
    }
  }

  /** One event may have any size. */
  private void makeRoom(long bytes) {
    while (underWay.size() >= UNDER_WAY
        || (bytesUnderWay + bytes > BYTES_UNDER_WAY && !underWay.isEmpty())) {
      settle(underWay.remove());
    }
  }

  private void refuse(long line, Throwable why) {
    refused++;
    if (refused <= TOLD) {
      progress.end();
      err.println("gripstream: line " + line + " is not published: " + why.getMessage());
    }
  }

  private void settleAll() {
    while (!underWay.isEmpty()) {
      settle(underWay.remove());
    }
  }

  private void settle(UnderWay oldest) {
    bytesUnderWay -= oldest.bytes();
    try {
      oldest.sent().join();
      published++;
    } catch (CompletionException e) {
      if (e.getCause() instanceof InvalidValueException refusal) {
        refuse(oldest.line(), refusal);
        return;
      }
      progress.end();
      throw new Failure("stopped at line " + oldest.line() + ", " + published
          + " events before it are published: " + reason(e)
          + ". Give events an idempotency_key to be able to publish the file again");
    }
  }

  private static String reason(CompletionException e) {
    Throwable cause = e.getCause();
    return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b > ' ' || b < 0) {
        return false;
      }
    }
    return true;
  }

  private record UnderWay(long line, CompletableFuture<Sent> sent, long bytes) {}
}
