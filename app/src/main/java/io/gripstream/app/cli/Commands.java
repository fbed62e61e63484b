package io.gripstream.app.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What the parser has put into a command's fields before it calls it. */
final class Commands {
  private Commands() {}

  static Gripstream root(@Nullable Gripstream root) {
    return Objects.requireNonNull(root, "set by the parser");
  }

  static CommandSpec spec(@Nullable CommandSpec spec) {
    return Objects.requireNonNull(spec, "set by the parser");
  }
}
