package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.SessionEnd;
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
  static Ending forbidden(List<String> channels) {
    var refused = Admissions.forbidden(channels);
    return error(refused.condition(), refused.text(), refused.channels());
  }

  /** Without details of the failure; the client returns. */
  static Ending internalError() {
    return error(Condition.INTERNAL_ERROR, "The server cannot serve this stream now.", List.of());
  }

  static Ending error(Condition condition, String text, List<String> channels) {
    FrameBuffer out = new FrameBuffer();
    Frames.error(out, condition, text, channels);
    return new Ending(Frame.last(out.toByteArray()), why(condition));
  }

  /** Contains the time at which this client returns, which spreads the clients' return. */
  static Ending shutdown(DirectSettings settings) {
    DirectOptions options = settings.options();
    long spread = options.retrySpread().toMillis();
    long retryMillis =
        options.retryAtLeast().toMillis() + (long) (settings.random().nextDouble() * spread);
    FrameBuffer out = new FrameBuffer();
    Frames.error(out, Condition.SHUTDOWN, "The server shuts down.", List.of());
    out.append(("retry: " + retryMillis + "\n\n").getBytes(StandardCharsets.US_ASCII));
    return new Ending(Frame.last(out.toByteArray()), SessionEnd.Reason.SHUTDOWN);
  }

  private static SessionEnd.Reason why(Condition condition) {
    return switch (condition) {
      case FORBIDDEN -> SessionEnd.Reason.FORBIDDEN;
      case TOKEN_EXPIRED -> SessionEnd.Reason.TOKEN_EXPIRED;
      case SLOW -> SessionEnd.Reason.SLOW;
      case SHUTDOWN -> SessionEnd.Reason.SHUTDOWN;
      case BAD_REQUEST, BUSY, INTERNAL_ERROR -> SessionEnd.Reason.INTERNAL_ERROR;
    };
  }
}
