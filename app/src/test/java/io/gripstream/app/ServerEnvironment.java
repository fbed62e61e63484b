package io.gripstream.app;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The environment of a server for one test. */
public final class ServerEnvironment {
  private ServerEnvironment() {}

  /** Returns one with a storage in this folder and one API key, to which more can be added. */
  public static Map<String, String> of(Path directory, int port, String apiKey) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PORT", Integer.toString(port));
    environment.put("DATABASE_URL", "jdbc:sqlite:" + directory.resolve("events.db"));
    environment.put("GRIPSTREAM_API_KEYS", apiKey);
    return environment;
  }
}
