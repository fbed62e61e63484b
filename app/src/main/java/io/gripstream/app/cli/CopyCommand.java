package io.gripstream.app.cli;

import io.gripstream.app.api.Json;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Events;
import io.gripstream.eventstream.store.CopyReport;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Copies a storage into another one. */
@Command(
    name = "copy",
    description =
        "Copy a storage into an empty one of any kind: events with their ids and times, with keys and revocations. Clients resume on the copy. No process may use either storage meanwhile. If a copy stops early, run the command again.",
    mixinStandardHelpOptions = true)
final class CopyCommand extends CliCommand implements Callable<Integer> {
  private static final String VARIABLE = "env:";

  @Parameters(
      index = "0",
      paramLabel = "FROM",
      description =
          "The storage: a URL, as in DATABASE_URL. Use env:NAME to keep its password out of the process list. django:URL: the tables of django-eventstream in SQLite or PostgreSQL.")
  String from = "";

  @Parameters(index = "1", paramLabel = "TO", description = "The empty storage, written as FROM.")
  String to = "";

  @Mixin
  ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    Logs.configureForCommand();
    Progress progress = new Progress(err(), result.showsProgress(), 0, System::nanoTime);
    CopyReport copied;
    try {
      copied = Events.copy(
          settings().storage(),
          url("FROM", from),
          url("TO", to),
          soFar -> progress.show(soFar.events(), 0));
    } finally {
      progress.end();
    }
    print(copied);
    return 0;
  }

  private String url(String what, String text) {
    if (!text.startsWith(VARIABLE)) {
      return text;
    }
    String name = text.substring(VARIABLE.length());
    String value = variable(name);
    if (value.isEmpty()) {
      throw new ConfigException(what + ": there is no environment variable " + name);
    }
    return value;
  }

  private void print(CopyReport copied) {
    String done = "the copy is complete";
    if (result.json) {
      report(Json.write(fields(copied)), done);
      return;
    }
    copied.remarks().forEach(remark -> err().println("gripstream: not copied: " + remark));
    if (!result.quiet) {
      report(
          String.format(
              Locale.ROOT,
              "copied and compared: %,d channels, %,d events (%,d bytes), %,d idempotency keys,"
                  + " %,d revocations, %,d confirmations of proxies; epoch %s",
              copied.channels(),
              copied.events(),
              copied.bytes(),
              copied.keys(),
              copied.revocations(),
              copied.cursors(),
              copied.epoch()),
          done);
      report("Let every server and publisher use TO now, and none use FROM any more.", done);
    }
  }

  private static Map<String, Object> fields(CopyReport copied) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("epoch", copied.epoch());
    fields.put("channels", copied.channels());
    fields.put("events", copied.events());
    fields.put("bytes", copied.bytes());
    fields.put("keys", copied.keys());
    fields.put("revocations", copied.revocations());
    fields.put("cursors", copied.cursors());
    fields.put("not_copied", copied.remarks());
    return fields;
  }
}
