package io.gripstream.app.cli;

import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Settings;
import java.io.PrintWriter;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the lines of Pushpin's routes file that lead to this server. */
@Command(
    name = "routes",
    description = "Print lines for Pushpin's routes file that route the streams to this server.",
    mixinStandardHelpOptions = true)
final class RoutesCommand extends CliCommand implements Callable<Integer> {
  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      description = "Where Pushpin reaches the server. Default: as configured.")
  @Nullable
  String target;

  @Option(
      names = "--domain",
      paramLabel = "NAME",
      description = "For requests to this host only. Default: all.")
  String domain = "*";

  @Option(names = "--all", description = "Route every path, also the API and the console.")
  boolean all;

  @Override
  public Integer call() {
    if (target != null && !target.matches("[^\\s:/,]+:\\d{1,5}")) {
      throw new Failure(
          "--target \"" + Printable.of(target) + "\" is not HOST:PORT, such as 127.0.0.1:8080");
    }
    Settings settings = settings();
    String to = target == null ? own(settings.http()) : target;
    PrintWriter out = out();
    if (all) {
      out.println(domain + " " + to);
      return 0;
    }
    TreeSet<String> beginnings = new TreeSet<>();
    beginnings.add("/events");
    beginnings.add("/eventstream/");
    for (Settings.Route route : settings.streams().routes()) {
      int parameter = route.path().indexOf('{');
      beginnings.add(parameter < 0 ? route.path() : route.path().substring(0, parameter));
    }
    for (String beginning : beginnings) {
      out.println(domain + ",path_beg=" + beginning + " " + to);
    }
    return 0;
  }

  /** Pushpin 1.36 accepts no IPv6 addresses. */
  private static String own(Settings.Http http) {
    boolean any = http.host().equals("0.0.0.0") || http.host().contains(":");
    return (any ? "127.0.0.1" : http.host()) + ":" + http.port();
  }
}
