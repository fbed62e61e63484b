package io.gripstream.app.cli;

import io.gripstream.app.config.Durations;
import io.gripstream.app.config.Printable;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What the parser has put into a command's fields before it calls it. */
final class Commands {
  private Commands() {}

  static Gripstream root(@Nullable Gripstream root) {
    return Objects.requireNonNull(root, "set by the parser");
  }

  /**
   * A length of time as an option has it.
   *
   * @throws IllegalArgumentException if it is none, or not above zero
   */
  static Duration time(String option, String text) {
    try {
      Duration duration = Durations.parse(text).orElseGet(() -> Duration.parse(text));
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException(
            option + " " + Printable.of(text) + " is not in the future");
      }
      return duration;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          option + " \"" + Printable.of(text) + "\" is not a time such as 30m, 1h or 7d", e);
    }
  }

  static CommandSpec spec(@Nullable CommandSpec spec) {
    return Objects.requireNonNull(spec, "set by the parser");
  }
}
