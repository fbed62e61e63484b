package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.FrameWriter;

/**
 * Doubles percent signs: GRIP's build-id filter takes a single one for the beginning of a template.
 * Pure functions.
 */
final class Percents {
  private Percents() {}

  static String doubled(String text) {
    return text.replace("%", "%%");
  }

  /** Doubles them from that byte on. */
  static void doubleIn(FrameBuffer body, int from) {
    body.writeTwice((byte) '%', from);
  }

  /** @param isFiltered whether its output goes through the filter */
  static FrameWriter writer(boolean isFiltered) {
    return isFiltered ? new Doubling() : new FrameWriter();
  }

  private static final class Doubling extends FrameWriter {
    @Override
    protected void written(FrameBuffer out, int from) {
      doubleIn(out, from);
    }
  }
}
