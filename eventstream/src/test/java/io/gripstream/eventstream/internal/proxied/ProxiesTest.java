package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStream;
import io.gripstream.grip.GripProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  @Test
  void closing_waits_for_all_silent_proxies_together() throws IOException {
    List<ServerSocket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        // The kernel accepts; nobody answers.
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
