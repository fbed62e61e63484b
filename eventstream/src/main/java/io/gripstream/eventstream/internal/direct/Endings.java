package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.internal.feed.Admissions;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The last bytes of streams that the server ends. */
final class Endings {
  private Endings() {}

  /** The user may not read these channels any more. */
  static Frame forbidden(List<String> channels) {
    var refused = Admissions.forbidden(channels);
    return error(refused.condition(), refused.text(), refused.channels());
  }

  /** Without details of the failure; the client returns. */
  static Frame internalError() {
    return error(Condition.INTERNAL_ERROR, "The server cannot serve this stream now.", List.of());
  }

  static Frame error(Condition condition, String text, List<String> channels) {
    FrameBuffer out = new FrameBuffer();
    Frames.error(out, condition, text, channels);
    return Frame.last(out.toByteArray());
  }

  /** Contains the time at which this client returns, which spreads the clients' return. */
  static Frame shutdown(DirectSettings settings) {
    DirectOptions options = settings.options();
    long spread = options.retrySpread().toMillis();
    long retryMillis =
        options.retryAtLeast().toMillis() + (long) (settings.random().nextDouble() * spread);
    FrameBuffer out = new FrameBuffer();
    Frames.error(out, Condition.SHUTDOWN, "The server shuts down.", List.of());
    out.append(("retry: " + retryMillis + "\n\n").getBytes(StandardCharsets.US_ASCII));
    return Frame.last(out.toByteArray());
  }
}
