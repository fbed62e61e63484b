package io.gripstream.app.cli;

import io.gripstream.app.config.Durations;
import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Setting;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.Sources;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.Revocations;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The common parts of commands: the configuration, and the output. */
abstract class CliCommand {
  @ParentCommand
  @Nullable
  Gripstream root;

  @Spec
  @Nullable
  CommandSpec spec;

  /** The effective configuration. */
  final Settings settings() {
    return settings(Map.of());
  }

  /** The effective configuration, including the command's own arguments. */
  final Settings settings(Map<Setting, Sources.Argument> arguments) {
    return root().settings(arguments);
  }

  final Sources sources() {
    return root().sources(Map.of());
  }

  /** See {@link Gripstream#token}. */
  @Nullable
  final Secret token(@Nullable Path file) {
    return root().token(file);
  }

  /** The value of an environment variable; empty if there is none. */
  final String variable(String name) {
    return root().variable(name);
  }

  final PrintWriter out() {
    return line().getOut();
  }

  final PrintWriter err() {
    return line().getErr();
  }

  /**
   * Prints the result.
   *
   * @param done the completed work, for the message if this line cannot be printed
   * @throws Failure if it cannot be printed; the message contains {@code done}
   */
  final void report(String line, String done) {
    try {
      out().println(line);
    } catch (Output.Unwritten e) {
      if (!e.isUnread()) {
        throw new Failure(done + ", but " + e.getMessage());
      }
    }
  }

  final CommandLine line() {
    return Objects.requireNonNull(spec, "set by the parser").commandLine();
  }

  private Gripstream root() {
    return Objects.requireNonNull(root, "set by the parser");
  }

  /**
   * Reads the duration in an option, as the time at which it ends.
   *
   * @throws InvalidValueException as {@link #time}, or if it ends after the year 9999
   */
  static Instant until(String option, String text) {
    Duration duration = time(option, text);
    Instant now = Clock.systemUTC().instant();
    if (duration.compareTo(Duration.between(now, Revocations.LATEST)) > 0) {
      throw new InvalidValueException(
          option + " \"" + Printable.of(text) + "\" ends after the year 9999");
    }
    return now.plus(duration);
  }

  /**
   * Reads the duration in an option.
   *
   * @throws InvalidValueException if it is malformed or not positive
   */
  private static Duration time(String option, String text) {
    try {
      Duration duration = Durations.parse(text).orElseGet(() -> Duration.parse(text));
      if (duration.isNegative() || duration.isZero()) {
        throw new InvalidValueException(
            option + " " + Printable.of(text) + " is not in the future");
      }
      return duration;
    } catch (DateTimeParseException e) {
      throw new InvalidValueException(
          option + " \"" + Printable.of(text) + "\" is not a time such as 30m, 1h or 7d", e);
    }
  }
}
