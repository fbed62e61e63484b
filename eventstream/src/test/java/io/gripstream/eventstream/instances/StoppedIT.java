package io.gripstream.eventstream.instances;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.testtools.ChildProcess;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that embeds streams and gets SIGTERM, as from systemd and containers. */
class StoppedIT {
  @TempDir
  Path folder;

  @Test
  void application_that_does_not_stop_its_server_still_tells_streams_to_come_back() {
    int port = Ports.free(1).get(0);
    try (ChildProcess application = ChildProcess.start(
        InstanceProgram.class,
        "jdbc:sqlite:" + folder.resolve("events.db"),
        Integer.toString(port),
        folder.toString())) {
      assertThat(application.line()).isEqualTo("serving");
      try (StreamClient client =
          StreamClient.open(URI.create("http://127.0.0.1:" + port + "/events/news"))) {
        client.expectOpen();

        application.terminate();

        client.expectError("shutdown");
        client.expectEnd();
        assertThat(application.awaitEnd()).isEqualTo(128 + 15);
      }
    }
  }
}
