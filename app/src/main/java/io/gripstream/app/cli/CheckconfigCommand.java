package io.gripstream.app.cli;

import io.gripstream.app.config.ConfigReport;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Server;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Checks the configuration as a server would, and prints what is in force. */
@Command(
    name = "checkconfig",
    description =
        "Check the configuration as the server does, and print the values in effect, without secrets.",
    mixinStandardHelpOptions = true)
final class CheckconfigCommand implements Callable<Integer> {
  @ParentCommand
  @Nullable
  Gripstream root;

  @Spec
  @Nullable
  CommandSpec spec;

  @Option(names = "--reference", description = "Print instead a table of all keys, in Markdown.")
  boolean reference;

  @Override
  public Integer call() {
    Logs.configureForCommand();
    PrintWriter out = Commands.spec(spec).commandLine().getOut();
    if (reference) {
      ConfigReport.reference().forEach(out::println);
      return 0;
    }
    Sources sources = Commands.root(root).sources(Map.of());
    Server.check(SettingsReader.read(sources));
    ConfigReport.effective(sources).forEach(out::println);
    return 0;
  }
}
