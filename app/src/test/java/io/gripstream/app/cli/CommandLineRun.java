package io.gripstream.app.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/** A command run in this process: what it said, and its exit code. */
record CommandLineRun(int code, String out, String err) {
  static CommandLineRun of(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Gripstream.commandLine(environment, arguments)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
    int code = line.execute(arguments);
    return new CommandLineRun(code, out.toString(), err.toString());
  }
}
