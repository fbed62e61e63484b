package io.gripstream.app.cli;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.ConfigReport;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Events;
import io.gripstream.app.server.ProxyKeys;
import java.io.PrintWriter;
import java.time.Clock;
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
        "Check the configuration as the server would, and print what is in force, without secrets.",
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
    check(SettingsReader.read(sources));
    ConfigReport.effective(sources).forEach(out::println);
    return 0;
  }

  /** Makes everything that a server makes of its settings, short of opening anything. */
  static void check(Settings settings) {
    Authenticator.create(settings.auth(), settings.http().host(), Clock.systemUTC(), null, "");
    ProxyKeys.check(settings);
    Events.sender(settings, Events.store(settings.storage())).close();
  }
}
