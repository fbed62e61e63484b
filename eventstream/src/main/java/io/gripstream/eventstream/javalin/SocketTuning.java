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

  /** Bounds the send buffer of a connection that serves one stream. */
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
   * Asks for TCP probes between two keep-alives: a machine that vanished without a word is found
   * before the next keep-alive is written to it, which would silence the probes and leave it to
   * TCP's retransmissions, for a quarter of an hour.
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

  /** What is under TLS, if it is there. */
  private static @Nullable SocketChannel socket(EndPoint endPoint) {
    Object transport = endPoint.getTransport();
    while (transport instanceof EndPoint under) {
      transport = under.getTransport();
    }
    return transport instanceof SocketChannel socket ? socket : null;
  }

  /** The stream will notice by itself. */
  private static void closedAlready(IOException e) {
    LOG.debug("Could not set options of a socket", e);
  }

  /** Not every socket is TCP: an application may add a connector for Unix-domain sockets. */
  private static <T> void set(SocketChannel socket, SocketOption<T> option, T value)
      throws IOException {
    if (socket.supportedOptions().contains(option)) {
      socket.setOption(option, value);
    }
  }
}
