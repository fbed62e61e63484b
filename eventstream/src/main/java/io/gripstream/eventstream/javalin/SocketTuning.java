package io.gripstream.eventstream.javalin;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets socket options of a connection that has become a stream. */
final class SocketTuning {
  /**
   * Maximum number of bytes for one client in the kernel. Linux would let it grow to 4 MiB, and a
   * slow client would be noticed only after that.
   */
  private static final int SEND_BUFFER = 1 << 17;

  private static final int PROBES = 3;
  private static final Logger LOG = LoggerFactory.getLogger(SocketTuning.class);

  private SocketTuning() {}

  /** Limits the send buffer of a connection that serves one stream. */
  static void bound(EndPoint endPoint) {
    SocketChannel socket = socket(endPoint);
    if (socket != null) {
      try {
        set(socket, StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
      } catch (IOException e) {
        closedAlready(e);
      }
    }
  }

  /**
   * Asks for TCP probes between two keep-alives. They find a vanished machine before the next
   * keep-alive is written to it. After that write, TCP would send no probes, and its
   * retransmissions take a quarter of an hour.
   */
  static void probe(EndPoint endPoint, Duration keepAlive) {
    SocketChannel socket = socket(endPoint);
    if (socket != null) {
      try {
        probe(socket, (int) keepAlive.toSeconds());
      } catch (IOException e) {
        closedAlready(e);
      }
    }
  }

  private static void probe(SocketChannel socket, int seconds) throws IOException {
    int interval = Math.max(1, seconds / 12);
    int idle = seconds - interval * (PROBES + 1);
    if (idle > 0) {
      set(socket, StandardSocketOptions.SO_KEEPALIVE, true);
      set(socket, ExtendedSocketOptions.TCP_KEEPIDLE, idle);
      set(socket, ExtendedSocketOptions.TCP_KEEPINTERVAL, interval);
      set(socket, ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    }
  }

  /** Returns the socket under TLS; null: there is none. */
  private static @Nullable SocketChannel socket(EndPoint endPoint) {
    Object transport = endPoint.getTransport();
    while (transport instanceof EndPoint under) {
      transport = under.getTransport();
    }
    return transport instanceof SocketChannel socket ? socket : null;
  }

  /** Nothing to do: the stream notices by itself. */
  private static void closedAlready(IOException e) {
    LOG.debug("Could not set options of a socket", e);
  }

  /** Skips sockets that are not TCP: an application may add a connector for Unix-domain sockets. */
  private static <T> void set(SocketChannel socket, SocketOption<T> option, T value)
      throws IOException {
    if (socket.supportedOptions().contains(option)) {
      socket.setOption(option, value);
    }
  }
}
