package io.gripstream.eventstream.internal.sse;

import java.util.Map;

/** Collects whole frames. A subclass may change their form. Use it in one thread at a time. */
public class FrameWriter {
  private final FrameBuffer out = new FrameBuffer(4_096);

  /** Writes one event. */
  public final void event(String type, Position position, String data) {
    int from = out.length();
    Frames.event(out, type, position, data);
    written(out, from);
  }

  /** See {@link Frames#reset}. */
  public final void reset(Map<String, ResetReason> resets, Position after) {
    int from = out.length();
    Frames.reset(out, resets, after);
    written(out, from);
  }

  /** Called after each frame, so that a subclass can change it. */
  protected void written(FrameBuffer out, int from) {}

  /** Number of bytes. */
  public final int length() {
    return out.length();
  }

  /** Keeps only the first {@code length} bytes. */
  public final void truncate(int length) {
    out.truncate(length);
  }

  public final byte[] toByteArray() {
    return out.toByteArray();
  }
}
