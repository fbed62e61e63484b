package io.gripstream.app.cli;

import io.gripstream.app.config.ConfigReport;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Server;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks the configuration like a server, and prints the effective settings. */
@Command(
    name = "checkconfig",
    description =
        "Check the configuration as the server does, and print the values in effect, without secrets.",
    mixinStandardHelpOptions = true)
final class CheckconfigCommand extends CliCommand implements Callable<Integer> {
  @Option(names = "--reference", description = "Print instead a table of all keys, in Markdown.")
  boolean reference;

  @Override
  public Integer call() {
    Logs.configureForCommand();
    PrintWriter out = out();
    if (reference) {
      ConfigReport.reference().forEach(out::println);
      return 0;
    }
    Sources sources = sources();
    Server.check(SettingsReader.read(sources));
    ConfigReport.effective(sources).forEach(out::println);
    return 0;
  }
}
