package io.gripstream.app.cli;

import io.gripstream.app.config.Nearest;
import io.gripstream.app.config.Printable;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The mistake in a command line, as a sentence that names the word and the rule. */
final class WrongUsage {
  /** The library's text without a command. */
  private static final String NO_COMMAND = "Missing required subcommand";

  private WrongUsage() {}

  /** Ends with a pointer to the help. */
  static String text(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String help = command.qualifiedName() + " --help";
    return e instanceof UnmatchedArgumentException unmatched
        ? unknown(unmatched.getUnmatched().get(0), command) + " See " + help
        : problem(e, command) + "; see " + help;
  }

  private static String unknown(String argument, CommandSpec of) {
    boolean isOption = argument.startsWith("-");
    boolean isCommand = !isOption && !of.subcommands().isEmpty();
    Collection<String> known = isOption
        ? of.optionsMap().keySet()
        : isCommand ? of.subcommands().keySet() : List.<String>of();
    String hint = Nearest.hint(argument.split("=", 2)[0], known);
    return (isOption ? "unknown option " : isCommand ? "unknown command " : "unexpected argument ")
        + Printable.of(argument)
        + (hint.isEmpty() ? "." : hint);
  }

  /** The library's own words are for programmers: types, arities, parameters. */
  private static String problem(ParameterException e, CommandSpec command) {
    if (e instanceof OverwrittenOptionException twice) {
      return name(twice.getOverwritten()) + " was given twice";
    }
    if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      ArgSpec first = missing.getMissing().get(0);
      String value = " " + first.paramLabel();
      return first instanceof OptionSpec option
          ? name(option) + (option.required() ? value + " is missing" : " needs" + value)
          : name(first) + " is missing";
    }
    ArgSpec argument = e.getArgSpec();
    if (argument != null && e.getValue() != null) {
      String given = name(argument) + " \"" + Printable.of(e.getValue()) + "\" ";
      return argument.type() == boolean.class
          ? name(argument) + " takes no value"
          : given + "must be a whole number";
    }
    String words = String.valueOf(e.getMessage());
    return words.equals(NO_COMMAND)
        ? "a command is missing: "
            + String.join(", ", new TreeSet<>(command.subcommands().keySet()))
        : words;
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
