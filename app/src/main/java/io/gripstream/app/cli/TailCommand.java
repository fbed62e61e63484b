package io.gripstream.app.cli;

import io.gripstream.app.api.Json;
import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Settings;
import io.gripstream.app.log.Logs;
import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.StreamPosition;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints events of channels as they arrive, and after a cut continues at its position. */
@Command(
    name = "tail",
    description = "Print events of channels as they arrive. Resumes after a lost connection.",
    mixinStandardHelpOptions = true)
final class TailCommand extends CliCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "CHANNEL", description = "The channels.")
  List<String> channels = List.of();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The server, or the proxy in front of it. Default: as configured on this machine.")
  @Nullable
  String url;

  @Option(
      names = "--since",
      paramLabel = "WHERE",
      description =
          "Start after this id (of every channel) or position. earliest: with the oldest stored event.")
  @Nullable
  String since;

  @Option(names = "--count", paramLabel = "N", description = "Exit after N events.")
  long count = Long.MAX_VALUE;

  @Option(names = "--json", description = "Print each event as a JSON object on a line.")
  boolean json;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with a token. Default: $$GRIPSTREAM_TOKEN, if the server needs one.")
  java.nio.file.@Nullable Path tokenFile;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logs.configureForCommand();
    Settings settings = settings();
    channels.forEach(ChannelNames::check);
    if (count < 1) {
      throw new Failure("--count " + count + " prints nothing; it must be 1 or more");
    }
    Remote remote = Remote.of(settings, url, token(tokenFile));
    PrintWriter err = err();
    try (StreamReader stream = new StreamReader(remote, channels, position(), err::println)) {
      for (long printed = 0; printed < count; printed++) {
        print(stream.next());
      }
    }
    return 0;
  }

  /** An id stands for that id of every channel. */
  private @Nullable String position() {
    if (since == null || since.equals("earliest")) {
      return since;
    }
    String id = since;
    if (!id.matches("\\d{1,18}")) {
      try {
        return StreamPosition.parse(id).toString();
      } catch (IllegalArgumentException e) {
        throw new Failure("--since \"" + Printable.of(id)
            + "\" is not an id, the position of an event, or earliest");
      }
    }
    return channels.stream()
        .distinct()
        .sorted()
        .map(channel -> ChannelNames.encode(channel) + ":" + id)
        .collect(Collectors.joining(","));
  }

  private void print(StreamReader.Event event) {
    PrintWriter out = out();
    if (json) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("id", event.id());
      object.put("type", event.type());
      object.put("data", event.data());
      out.println(Json.write(object));
    } else {
      // Events contain any text: none of it may control the terminal.
      String data = event.data().lines().map(Printable::line).collect(Collectors.joining("\n"));
      out.println(Printable.of(event.type()) + "\t" + data);
    }
  }
}
