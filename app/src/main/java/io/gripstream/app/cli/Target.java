package io.gripstream.app.cli;

import io.gripstream.app.config.Settings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks whether an event of a command can reach a client. */
final class Target {
  private static final String SQLITE = "jdbc:sqlite:";

  private Target() {}

  /**
   * @param err gets a warning if the command would create a new storage that no server reads yet
   * @throws Failure if no client can be reached
   */
  static void check(Settings settings, PrintWriter err) {
    if (settings.storage().url() == null && settings.grip().proxies().isEmpty()) {
      throw new Failure(
          "database_url is none and no proxy is configured: no client would get the event."
              + " Set DATABASE_URL or GRIP_URL as for the server");
    }
    if (settings.storage().url() == null || !settings.storage().isDefault()) {
      return;
    }
    Path file = Path.of(settings.storage().url().value().substring(SQLITE.length()));
    if (!Files.exists(file)) {
      err.println(
          "gripstream: no storage is configured and there is no " + file
              + " here: creating it. A server in another folder will not see it; set DATABASE_URL as for the server");
    }
  }
}
