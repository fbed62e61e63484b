package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.publish.PublishMetrics;
import io.gripstream.grip.testkit.FakeProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  @Test
  void event_is_encoded_once_for_all_proxies_and_not_at_all_if_it_is_for_processes() {
    AtomicInteger encoded = new AtomicInteger();
    Items items = new Items(
        () -> {
          encoded.incrementAndGet();
          return new GripNames("e");
        },
        new GripPrefix("p-"));
    try (FakeProxy one = FakeProxy.start();
        FakeProxy two = FakeProxy.start();
        Proxies proxies = new Proxies(
            List.of(new Upstream(one.proxy(), null), new Upstream(two.proxy(), null)),
            items,
            null,
            StreamMetrics.NOOP,
            PublishMetrics.NOOP,
            Clock.systemUTC())) {
      proxies.publish(event(ChannelNames.RESERVED));
      proxies.publish(event("news"));

      assertThat(one.takeItem().channel()).isEqualTo("p-gs1-e-news");
      assertThat(two.takeItem().channel()).isEqualTo("p-gs1-e-news");
      assertThat(encoded).hasValue(1);
    }
  }

  private static Event event(String channel) {
    return new Event(channel, Event.NO_ID, "message", "x", Set.of(), Instant.EPOCH);
  }

  @Test
  void closing_waits_for_all_silent_proxies_together() throws IOException {
    List<ServerSocket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        // The kernel accepts; no program answers.
        silent.add(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      }
      EventStream events = EventStream.create(config -> silent.forEach(
          control -> config.proxy(GripProxy.parse("http://127.0.0.1:" + control.getLocalPort()))));
      events.send("news", "message", "nobody takes it");

      long begin = System.nanoTime();
      events.close();

      // One after the other, it took until their requests timed out, 10 s.
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(9));
    } finally {
      for (ServerSocket control : silent) {
        control.close();
      }
    }
  }
}
