package io.gripstream.app.cli;

import io.gripstream.app.config.Settings;
import io.gripstream.app.server.Events;
import io.gripstream.eventstream.store.EventStore;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Brings the storage's schema up to date; the server does so itself when it starts. */
@Command(
    name = "migrate",
    description = "Bring the storage up to date. The server does so by itself when it starts.",
    mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
  @ParentCommand
  @Nullable
  Gripstream root;

  @Spec
  @Nullable
  CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = Commands.root(root).settings(Map.of());
    try (EventStore store = Events.store(settings.storage())
        .orElseThrow(() -> new Failure("database_url is none: there is no storage to migrate"))) {
      store.start();
      Commands.spec(spec)
          .commandLine()
          .getOut()
          .println("storage is up to date, epoch " + store.epoch());
    }
    return 0;
  }
}
