package io.gripstream.app.cli;

import io.gripstream.app.config.Printable;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Events;
import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.EventStore;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes stored events for good, straight in the storage. */
@Command(
    name = "forget",
    description =
        "Remove stored events of a channel for good. Ids go on. Clients that return with an older position get stream-reset (expired). No server needs to run.",
    mixinStandardHelpOptions = true)
final class ForgetCommand extends CliCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CHANNEL", description = "The channel.")
  String channel = "";

  @Option(
      names = "--up-to",
      paramLabel = "ID",
      description = "Id of the last event to remove. Default: all stored events are removed.")
  @Nullable
  Long upTo;

  @Override
  public Integer call() {
    Logs.configureForCommand();
    ChannelNames.check(channel);
    if (upTo != null && upTo < 1) {
      throw new InvalidValueException("--up-to " + upTo + " is not an id; ids begin with 1");
    }
    long end;
    try (EventStore store = Events.store(settings())
        .orElseThrow(
            () -> new Failure("database_url is none: there are no stored events to forget"))) {
      store.start();
      end = store.forget(channel, upTo == null ? Long.MAX_VALUE : upTo).trimmed();
    }
    report(
        end == 0
            ? "channel " + Printable.of(channel) + " has no stored events"
            : "channel " + Printable.of(channel) + " has no events up to id " + end,
        "the events are removed");
    return 0;
  }
}
