package io.gripstream.eventstream;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.publish.ProxyHealth;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamStatusTest {
  @Test
  void status_is_empty_before_anything_happened_and_needs_no_start() {
    try (EventStream events = EventStream.create(
        config -> config.proxy("http://127.0.0.1:1?iss=a&key=bbbbbbbbbbbbbbbb"))) {
      StreamStatus status = events.status();

      assertThat(status.streams()).isZero();
      assertThat(status.deliveries()).isZero();
      assertThat(status.streamsByChannel()).isEmpty();
      assertThat(status.refusedSignatures()).isZero();
      assertThat(status.lastRefusedSignature()).isEmpty();
      assertThat(status.proxies().values())
          .extracting(ProxyHealth::state)
          .containsExactly(ProxyHealth.State.UNKNOWN);
    }
  }

  @Test
  void status_counts_streams_and_deliveries_at_the_moment_of_the_call() {
    try (StreamServer server = StreamServer.start();
        StreamClient client = server.open("/events/a")) {
      client.expectOpen();
      StreamStatus before = server.events().status();
      server.events().send("a", "message", "one");
      client.expectEvent("one");

      assertThat(before.streams()).isOne();
      assertThat(before.deliveries()).isZero();
      assertThat(before.streamsByChannel()).isEqualTo(Map.of("a", 1));
      // It counts when it has written.
      eventually(() -> assertThat(server.events().status().deliveries()).isOne());
    }
  }
}
