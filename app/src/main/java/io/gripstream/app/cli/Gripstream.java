package io.gripstream.app.cli;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Setting;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.app.config.Utf8;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.StoreException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a sub-command, and the shared parts. */
@Command(
    name = "gripstream",
    description = "Server-sent events that scale behind a GRIP proxy.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Gripstream implements Runnable {
  private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("serve", ServeCommand::new);
    COMMANDS.put("publish", PublishCommand::new);
    COMMANDS.put("tail", TailCommand::new);
    COMMANDS.put("revoke", RevokeCommand::new);
    COMMANDS.put("forget", ForgetCommand::new);
    COMMANDS.put("migrate", MigrateCommand::new);
    COMMANDS.put("copy", CopyCommand::new);
    COMMANDS.put("gentoken", GentokenCommand::new);
    COMMANDS.put("checktoken", ChecktokenCommand::new);
    COMMANDS.put("checkconfig", CheckconfigCommand::new);
    COMMANDS.put("routes", RoutesCommand::new);
    COMMANDS.put("doctor", DoctorCommand::new);
    COMMANDS.put("generate-completion", AutoComplete.GenerateCompletion::new);
    COMMANDS.put("help", HelpCommand::new);
  }

  private static final Set<String> ABOUT_ALL = Set.of("generate-completion", "help");
  private static final String TOKEN_VARIABLE = "GRIPSTREAM_TOKEN";
  private static final String PROGRAM = "gripstream: ";
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

  /** Runs one command. Its output is UTF-8; it fails if the output cannot be written. */
  public static int run(Map<String, String> environment, String... arguments) {
    PrintWriter err = Output.err();
    String problem = LocaleCheck.problem(environment, arguments);
    if (problem != null) {
      err.println(PROGRAM + problem);
      return USAGE;
    }
    PrintWriter out = Output.out();
    try {
      int code = commandLine(environment, arguments).setOut(out).setErr(err).execute(arguments);
      out.flush();
      return code;
    } catch (Output.Unwritten e) {
      return unwritten(e, err);
    }
  }

  /**
   * Makes the command line; separate, so that tests can read its output.
   *
   * @param arguments of the call: if they begin with a command, only that one is loaded, because
   *     loading all takes longer than publishing an event
   */
  static CommandLine commandLine(Map<String, String> environment, String... arguments) {
    CommandLine line = new CommandLine(new Gripstream(environment));
    Supplier<Object> only = arguments.length == 0 || ABOUT_ALL.contains(arguments[0])
        ? null
        : COMMANDS.get(arguments[0]);
    if (only == null) {
      COMMANDS.forEach((name, command) -> line.addSubcommand(name, command.get()));
    } else {
      line.addSubcommand(arguments[0], only.get());
    }
    line.setParameterExceptionHandler((e, given) -> wrongUsage(e));
    line.setExecutionStrategy(Gripstream::execute);
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
    return line;
  }

  private static int wrongUsage(ParameterException e) {
    e.getCommandLine().getErr().println(PROGRAM + oneLine(WrongUsage.text(e)));
    return USAGE;
  }

  /** Also prints help. */
  private static int execute(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (Output.Unwritten e) {
      return unwritten(e, parsed.commandSpec().commandLine().getErr());
    }
  }

  private static int unwritten(Output.Unwritten e, PrintWriter err) {
    if (e.isUnread()) {
      return 0;
    }
    err.println(PROGRAM + oneLine(e.getMessage()));
    return FAILURE;
  }

  private static int failed(Exception e, CommandLine command) {
    if (e instanceof Output.Unwritten unwritten) {
      return unwritten(unwritten, command.getErr());
    }
    boolean isUsage = e instanceof ConfigException || e instanceof InvalidValueException;
    if (isUsage || e instanceof Failure || e instanceof StoreException) {
      command.getErr().println(PROGRAM + oneLine(e.getMessage()));
      return isUsage ? USAGE : FAILURE;
    }
    // Not a field: most commands log nothing, and must start fast.
    LoggerFactory.getLogger(Gripstream.class).error("A command failed", e);
    command
        .getErr()
        .println(
            PROGRAM + "unexpected error, please report it: " + e.getClass().getName() + place(e));
    return FAILURE;
  }

  /** The place of an unexpected failure, for a report; its message may contain anything. */
  private static String place(Exception e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
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
   * The token of a client, from the file or else the environment. Never an argument: other users
   * see those.
   */
  @Nullable
  Secret token(@Nullable Path file) {
    if (file == null) {
      Sources.checkQuotes(TOKEN_VARIABLE, environment.getOrDefault(TOKEN_VARIABLE, ""));
    }
    String token = file != null
        ? Utf8.read("the token file", file).strip()
        : environment.getOrDefault(TOKEN_VARIABLE, "").strip();
    return token.isEmpty() ? null : new Secret(token);
  }

  String variable(String name) {
    return environment.getOrDefault(name, "");
  }

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec, "set by the parser").commandLine(), "a command is missing");
  }
}
