package io.gripstream.app;

import io.gripstream.grip.testkit.PushpinVersion;
import java.nio.file.Path;

/** The configuration that we ship for a version of Pushpin. */
final class ShippedConfiguration {
  private ShippedConfiguration() {}

  static Path of(PushpinVersion version) {
    return Path.of("../pushpin")
        .resolve(version == PushpinVersion.V1_36 ? "pushpin.conf" : "pushpin-1.41.conf");
  }
}
