package io.gripstream.app.api;

import io.gripstream.eventstream.InvalidValueException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The items of a batch, as an array and as lines: cut without a look at what they say. */
public final class BatchFuzz {
  private static final int MAX = 20;

  private BatchFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    check(Slice.lines(input, MAX), input);
    try {
      check(Slice.items(input, MAX), input);
    } catch (InvalidValueException refused) {
      // As it should be.
    }
  }

  private static void check(@Nullable List<Slice> items, byte[] input) {
    if (items == null) {
      return;
    }
    int end = 0;
    for (Slice item : items) {
      if (item.from() < end || item.length() < 0 || item.from() + item.length() > input.length) {
        throw new AssertionError("an item that lies outside of what was sent: " + item);
      }
      end = item.from() + item.length();
      try {
        DraftReader.read(input, item, 1_000);
      } catch (InvalidValueException | ApiException refused) {
        // As it should be.
      }
    }
  }
}
