package io.gripstream.app.fuzz;

import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.StreamPosition;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.internal.sse.ResumePoint;
import java.nio.charset.StandardCharsets;

/** {@code Last-Event-ID}: never an exception, and a position that is read is written as it was. */
public final class PositionFuzz {
  private PositionFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    if (ResumePoint.parse(text) instanceof ResumePoint.At at && at.epoch() != null) {
      Position position = Position.of(at.ids(), at.epoch());
      if (!at.ids().isEmpty()
          && !ResumePoint.parse(position.encode())
              .equals(new ResumePoint.At(at.ids(), at.epoch()))) {
        throw new AssertionError("written anew it is another position: " + position.encode());
      }
    }
    try {
      StreamPosition position = StreamPosition.parse(text);
      if (!StreamPosition.parse(position.toString()).equals(position)) {
        throw new AssertionError("written anew it is another position: " + position);
      }
    } catch (InvalidValueException refused) {
      // As it should be.
    }
  }
}
