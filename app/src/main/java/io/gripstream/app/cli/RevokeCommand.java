package io.gripstream.app.cli;

import io.gripstream.app.auth.ChannelPattern;
import io.gripstream.app.config.Printable;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Events;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.TooManyRevocationsException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Revokes users' rights directly in the storage; servers see it within a second. */
@Command(
    name = "revoke",
    description =
        "Revoke rights of users on channels: their streams end within seconds, and new ones are refused. No server needs to run.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(add | list | lift)")
final class RevokeCommand extends CliCommand {
  @Command(description = "Revoke the rights of a user.", mixinStandardHelpOptions = true)
  int add(
      @Parameters(paramLabel = "USER", description = "The user: claim sub of its tokens.")
          String user,
      @Parameters(
              paramLabel = "CHANNEL",
              arity = "0..1",
              defaultValue = "*",
              description = "A channel, or a pattern such as 'room-*'. Default: *, everything,"
                  + " administration too.")
          String channel,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              defaultValue = "24h",
              description = "Duration: 30m, 24h or 7d, or as ISO 8601. Default: 24h.")
          String time) {
    Instant until = until("--for", time).truncatedTo(ChronoUnit.SECONDS);
    try (EventStore store = store()) {
      store.revocations().revoke(user, pattern(channel), until);
    } catch (TooManyRevocationsException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
    report(
        "user " + Printable.of(user) + " is revoked on " + Printable.of(channel) + " until "
            + until,
        "the user is revoked");
    return 0;
  }

  @Command(
      description = "List revocations: user, channels and end, separated by tabs.",
      mixinStandardHelpOptions = true)
  int list() {
    List<Revocations.Revocation> active;
    try (EventStore store = store()) {
      active = store.revocations().active(null, Revocations.MAX);
    }
    PrintWriter out = out();
    active.forEach(entry -> out.println(
        Printable.of(entry.user()) + "\t" + Printable.of(entry.channel()) + "\t" + entry.until()));
    return 0;
  }

  @Command(description = "Lift a revocation.", mixinStandardHelpOptions = true)
  int lift(
      @Parameters(paramLabel = "USER", description = "The user.") String user,
      @Parameters(
              paramLabel = "CHANNEL",
              arity = "0..1",
              defaultValue = "*",
              description = "The channel or pattern, as printed by list. Default: *.")
          String channel) {
    try (EventStore store = store()) {
      store.revocations().lift(user, pattern(channel));
    }
    report(
        "revocation of user " + Printable.of(user) + " on " + Printable.of(channel) + " is lifted",
        "the revocation is lifted");
    return 0;
  }

  private static String pattern(String channel) {
    return new ChannelPattern(channel).text();
  }

  private EventStore store() {
    Logs.configureForCommand();
    EventStore store = Events.store(settings())
        .orElseThrow(
            () -> new Failure(
                "database_url is none: only the running server knows its revocations; use its /api/revoke"));
    store.start();
    return store;
  }
}
