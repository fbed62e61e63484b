package io.gripstream.app.cli;

import picocli.CommandLine.Option;

/** How a command that may take long prints its result. */
final class ResultOptions {
  @Option(names = "--json", description = "Print the result as JSON.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing on success.")
  boolean quiet;

  /** Whether somebody watches it work. */
  boolean showsProgress() {
    return Boolean.getBoolean("gripstream.terminal") && !quiet;
  }
}
