package io.gripstream.eventstream.direct;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the kernel is told of a socket that has become a stream. */
final class SocketTuning {
  /**
   * As much as one client may leave in the kernel. Left alone, Linux lets it grow to 4 MiB, and a
   * slow client would only be noticed after that.
   */
  private static final int SEND_BUFFER = 1 << 17;

  private static final int PROBES = 3;
  private static final Logger LOG = LoggerFactory.getLogger(SocketTuning.class);

  private SocketTuning() {}

  /**
   * Bounds the send buffer, and asks for TCP probes between two keep-alives: a machine that
   * vanished without a word is found before the next keep-alive is written to it, which would
   * silence the probes and leave it to TCP's retransmissions, for a quarter of an hour.
   */
  static void apply(SocketChannel socket, DirectOptions options) {
    try {
      socket.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
      int seconds = (int) options.keepAlive().toSeconds();
      int interval = Math.max(1, seconds / 12);
      int idle = seconds - interval * (PROBES + 1);
      if (idle > 0) {
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        set(socket, ExtendedSocketOptions.TCP_KEEPIDLE, idle);
        set(socket, ExtendedSocketOptions.TCP_KEEPINTERVAL, interval);
        set(socket, ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
      }
    } catch (IOException e) {
      // It is closed already, which the stream will notice by itself.
      LOG.debug("A socket could not be tuned", e);
    }
  }

  private static void set(SocketChannel socket, SocketOption<Integer> option, int value)
      throws IOException {
    if (socket.supportedOptions().contains(option)) {
      socket.setOption(option, value);
    }
  }
}
