package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The last bytes of streams that the server ends. */
final class Endings {
  private Endings() {}

  static Frame error(Condition condition, String text, List<String> channels) {
    FrameBuffer out = new FrameBuffer();
    Frames.error(out, condition, text, channels);
    return Frame.last(out.toByteArray());
  }

  /** @param retryMillis when this client is to come back: the last bytes of all */
  static Frame shutdown(long retryMillis) {
    FrameBuffer out = new FrameBuffer();
    Frames.error(out, Condition.SHUTDOWN, "The server shuts down.", List.of());
    out.append(("retry: " + retryMillis + "\n\n").getBytes(StandardCharsets.US_ASCII));
    return Frame.last(out.toByteArray());
  }
}
