package io.gripstream.app.cli;

import io.gripstream.app.api.Json;
import io.gripstream.app.api.Publication;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.Utf8;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Events;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.Sent;
import io.gripstream.grip.publish.ProxyHealth;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Publishes straight to storage and proxies; no server is needed. */
@Command(
    name = "publish",
    description = "Publish an event, straight to storage and proxies: no server is needed.",
    mixinStandardHelpOptions = true)
final class PublishCommand extends CliCommand implements Callable<Integer> {
  /** Maximum wait for the answers of proxies. A running server repeats unconfirmed events. */
  private static final Duration ANSWERS = Duration.ofSeconds(10);

  @Parameters(index = "0", arity = "0..1", paramLabel = "CHANNEL", description = "The channel.")
  @Nullable
  String channel;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DATA",
      description = "The payload. Default: standard input, without its trailing newline.")
  @Nullable
  String data;

  @Option(
      names = "--also",
      paramLabel = "CHANNEL",
      description =
          "Another channel that gets the same event, in one transaction; may be repeated.")
  List<String> also = List.of();

  @Option(names = "--type", paramLabel = "TYPE", description = "The event type. Default: message.")
  @Nullable
  String type;

  @Option(
      names = "--skip-user",
      paramLabel = "USER",
      description = "User that does not get the event; may be repeated.")
  List<String> skipUsers = List.of();

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "The same key on the same channel within 24 h is the same event.")
  @Nullable
  String idempotencyKey;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "Publish many: one JSON object per line, as for /api/batch. - is standard input.")
  @Nullable
  String file;

  @Mixin
  ResultOptions result = new ResultOptions();

  @Override
  public Integer call() throws IOException {
    Logs.configureForCommand();
    Publication given = file == null ? given() : null;
    Settings settings = settings();
    Target.check(settings, err());
    try (EventStream events = Events.sender(settings, Events.store(settings))) {
      if (given == null) {
        return publishFile(events, String.valueOf(file));
      }
      Sent sent = events.send(given.draft());
      events.flush(ANSWERS);
      requireTaken(settings, events);
      print(given, sent);
    }
    return 0;
  }

  private int publishFile(EventStream events, String name) throws IOException {
    if (channel != null
        || !also.isEmpty()
        || type != null
        || !skipUsers.isEmpty()
        || idempotencyKey != null) {
      throw new ParameterException(
          line(),
          "--file cannot be combined with CHANNEL, --also, --type, --skip-user or"
              + " --idempotency-key: the lines of the file have them");
    }
    Path path = Path.of(name);
    long size = name.equals("-") ? 0 : path.toFile().length();
    Progress progress = new Progress(err(), result.showsProgress(), size, System::nanoTime);
    FilePublish publish = new FilePublish(events, err(), progress);
    long refused;
    try (InputStream in = name.equals("-") ? Input.stream() : Files.newInputStream(path)) {
      refused = publish.publish(in);
    } catch (IOException e) {
      throw new Failure("cannot read the file " + name + ": " + Utf8.reason(path));
    }
    String done = "published " + publish.published() + " events"
        + (refused == 0 ? "" : ", refused " + refused);
    if (result.json) {
      report(Json.write(Map.of("published", publish.published(), "refused", refused)), done);
    } else if (!result.quiet || refused > 0) {
      report(done, done);
    }
    return refused == 0 ? 0 : 1;
  }

  /** An event that is not stored is lost if no proxy accepted it. */
  private static void requireTaken(Settings settings, EventStream events) {
    if (settings.storage().url() != null) {
      return;
    }
    events.status().proxies().forEach((proxy, health) -> {
      if (health.state() == ProxyHealth.State.DEGRADED) {
        throw new Failure("proxy " + proxy + " did not take the event, and nothing is stored: "
            + health.lastError());
      }
    });
  }

  private Publication given() {
    if (channel == null) {
      throw new ParameterException(line(), "CHANNEL is missing");
    }
    List<String> channels = new ArrayList<>(List.of(channel));
    channels.addAll(also);
    Draft draft = Draft.of(channels, type == null ? "message" : type, data == null ? input() : data)
        .withSkippedUsers(skipUsers)
        .withIdempotencyKey(idempotencyKey);
    return new Publication(draft, !also.isEmpty());
  }

  private static String input() {
    String text = Input.text("events carry text only");
    return text.endsWith("\n")
        ? text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1))
        : text;
  }

  private void print(Publication given, Sent sent) {
    if (result.quiet) {
      return;
    }
    String done = "the event is " + (sent.position().isEmpty() ? "published" : "stored");
    if (result.json) {
      report(Json.write(given.answer(sent)), done);
    } else {
      sent.ids()
          .forEach((name, id) -> report(
              "published to " + name + (id == Event.NO_ID ? ", not stored" : ", id " + id), done));
    }
  }
}
