package io.gripstream.app.cli;

import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Events;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings the storage's schema up to date; the server does so itself when it starts. */
@Command(
    name = "migrate",
    description = "Update the schema of the storage. The server does this when it starts.",
    mixinStandardHelpOptions = true)
final class MigrateCommand extends CliCommand implements Callable<Integer> {
  @Option(
      names = "--restored",
      description =
          "After a backup was restored: give the storage a new identity, so that clients get"
              + " stream-reset. No server may run meanwhile.")
  boolean restored;

  @Override
  public Integer call() {
    Logs.configureForCommand();
    Settings.Storage storage = settings().storage();
    Secret url = storage.url();
    if (url == null) {
      throw new Failure("database_url is none: there is no storage to migrate");
    }
    if (restored && Events.isInUse(storage, url)) {
      throw new Failure(
          "a process has the storage open: stop every server and program that uses it, and run"
              + " this command again");
    }
    String epoch = Events.migrate(storage, url);
    if (restored) {
      epoch = Events.renewEpoch(storage, url);
    }
    report(
        "storage is up to date, epoch " + epoch + (restored ? " (new)" : ""),
        restored ? "the storage has its new identity" : "the storage is up to date");
    return 0;
  }
}
