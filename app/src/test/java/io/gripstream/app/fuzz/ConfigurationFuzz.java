package io.gripstream.app.fuzz;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.app.server.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A configuration file: read and checked, or refused in one line. */
public final class ConfigurationFuzz {
  private ConfigurationFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      Path file = Files.createTempFile("fuzz", ".yaml");
      try {
        Files.write(file, input);
        Server.check(SettingsReader.read(Sources.read(file, Map.of(), Map.of())));
      } catch (ConfigException refused) {
        Refusals.check(refused, input);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
