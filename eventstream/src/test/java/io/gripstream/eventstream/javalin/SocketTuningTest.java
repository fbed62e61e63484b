package io.gripstream.eventstream.javalin;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.junit.jupiter.api.Test;

class SocketTuningTest {
  @Test
  void socket_without_tcp_is_left_as_it_is() throws IOException {
    try (SocketChannel unix = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      ByteArrayEndPoint endPoint = new ByteArrayEndPoint() {
        @Override
        public Object getTransport() {
          return unix;
        }
      };

      assertThatCode(() -> {
            SocketTuning.bound(endPoint);
            SocketTuning.probe(endPoint, Duration.ofSeconds(20));
          })
          .doesNotThrowAnyException();
    }
  }
}
