package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.InitialEvent;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes the first bytes of a new connection, the same in both modes. Pure functions. */
public final class Opening {
  private Opening() {}

  /**
   * Returns {@code stream-open}, {@code stream-reset} if channels are reset, and the initial
   * events.
   *
   * @param text writes the data of initial events
   */
  public static byte[] bytes(
      Start start, List<InitialEvent> initial, Function<@Nullable Object, String> text) {
    FrameBuffer out = new FrameBuffer(2_300);
    Frames.open(out, start.resumed());
    if (!start.resets().isEmpty()) {
      Frames.reset(out, start.resets(), start.position());
    }
    for (InitialEvent event : initial) {
      Frames.event(out, event.type(), null, text.apply(event.data()));
    }
    return out.toByteArray();
  }
}
