package io.gripstream.app.cli;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Setting;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.eventstream.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a sub-command, and what all of them share. */
@Command(
    name = "gripstream",
    description = "Server-sent events that scale behind a GRIP proxy.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      ServeCommand.class,
      PublishCommand.class,
      TailCommand.class,
      MigrateCommand.class,
      GentokenCommand.class,
      ChecktokenCommand.class,
      CheckconfigCommand.class,
      RoutesCommand.class,
      DoctorCommand.class,
      AutoComplete.GenerateCompletion.class,
    })
public final class Gripstream implements Runnable {
  private static final String TOKEN_VARIABLE = "GRIPSTREAM_TOKEN";
  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  private final Map<String, String> environment;

  @Spec
  @Nullable
  CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "The configuration file. Default: $$GRIPSTREAM_CONFIG, else gripstream.yaml if it is there.")
  @Nullable
  Path config;

  private Gripstream(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs one command. */
  public static int run(Map<String, String> environment, String... arguments) {
    return commandLine(environment).execute(arguments);
  }

  /** The command line, so that tests can read what it prints. */
  static CommandLine commandLine(Map<String, String> environment) {
    CommandLine line = new CommandLine(new Gripstream(environment));
    line.setParameterExceptionHandler((e, arguments) -> wrongUsage(e));
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
    return line;
  }

  private static int wrongUsage(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command
        .getErr()
        .println("gripstream: " + oneLine(e.getMessage()) + "; see " + name + " --help");
    return USAGE;
  }

  private static int failed(Exception e, CommandLine command) {
    boolean expected = e instanceof Failure
        || e instanceof ConfigException
        || e instanceof StoreException
        || e instanceof IllegalArgumentException;
    String what = expected ? String.valueOf(e.getMessage()) : e.toString();
    command.getErr().println("gripstream: " + oneLine(what));
    return e instanceof ConfigException || e instanceof IllegalArgumentException ? USAGE : FAILURE;
  }

  private static String oneLine(@Nullable String text) {
    return String.valueOf(text).strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }

  /** The effective configuration. */
  Settings settings(Map<Setting, Sources.Argument> arguments) {
    return SettingsReader.read(sources(arguments));
  }

  Sources sources(Map<Setting, Sources.Argument> arguments) {
    return Sources.read(config, environment, arguments);
  }

  /**
   * The token of a client: from the file, else the environment; never an argument, which all see.
   */
  @Nullable
  Secret token(@Nullable Path file) throws IOException {
    String token = file != null
        ? Files.readString(file).strip()
        : environment.getOrDefault(TOKEN_VARIABLE, "").strip();
    return token.isEmpty() ? null : new Secret(token);
  }

  @Override
  public void run() {
    throw new ParameterException(Commands.spec(spec).commandLine(), "a command is missing");
  }
}
