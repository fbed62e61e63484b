package io.gripstream.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The archive of {@code scripts/gripstream --prepare}, which {@code scripts/test} calls: with it,
 * the start of a command costs half as much. Without it, tests take longer.
 */
final class SharedClasses {
  private SharedClasses() {}

  /** Options for a Java that runs this jar. */
  static List<String> options(Path jar) {
    // As in the launcher: an archive that does not fit is passed over, and nothing said of it.
    List<String> options = new ArrayList<>(
        List.of("-Xshare:auto", "-Xlog:disable", "-Xlog:all=error,cds*=off:stderr"));
    if (areMade(jar)) {
      options.add("-XX:SharedArchiveFile=" + archive(jar));
    }
    return options;
  }

  /** A value for GRIPSTREAM_JAVA_OPTS, with which the launcher makes no archive during a test. */
  static String launcherOptions(Path jar) {
    return areMade(jar) ? "" : "-Xshare:auto";
  }

  private static boolean areMade(Path jar) {
    return Files.exists(archive(jar));
  }

  /** As the launcher names it: of this Java and this jar only. */
  private static Path archive(Path jar) {
    try {
      return jar.resolveSibling("gripstream-java%s-%d-%d.jsa"
          .formatted(
              System.getProperty("java.version"),
              Files.getLastModifiedTime(jar).to(TimeUnit.SECONDS),
              Files.size(jar)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
