package io.gripstream.app.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.UnmatchedArgumentException;

/** Same as {@code --help}, as a command. */
@Command(name = "help", description = "List the commands, or print the help of one.")
final class HelpCommand extends CliCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "A command. Default: all.")
  @Nullable
  String command;

  @Override
  public Integer call() {
    CommandLine all = line().getParent();
    CommandLine asked = command == null ? all : all.getSubcommands().get(command);
    if (asked == null) {
      throw new UnmatchedArgumentException(all, List.of(String.valueOf(command)));
    }
    asked.usage(all.getOut());
    return 0;
  }
}
