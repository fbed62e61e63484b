package io.gripstream.app.fuzz;

import io.gripstream.app.api.DraftReader;
import io.gripstream.app.api.Publication;
import io.gripstream.eventstream.InvalidValueException;

/** An event as publishers send it: refused with one sentence, or its data is what was sent. */
public final class EventFuzz {
  private EventFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      Publication publication = DraftReader.read(input);
      if (publication.draft().channels().isEmpty()) {
        throw new AssertionError("an event of no channel is accepted");
      }
    } catch (InvalidValueException refused) {
      Refusals.check(refused, input);
    }
  }
}
