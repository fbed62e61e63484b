package io.gripstream.eventstream.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP line to a server on loopback that the test can cut, like a network. Put it between a client
 * and a server, or between a proxy and its origin. Thread-safe.
 */
public final class CuttableLine implements AutoCloseable {
  private final int target;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
    Thread thread = new Thread(work, "cuttable-line");
    thread.setDaemon(true);
    return thread;
  });
  private volatile boolean isDown;

  private CuttableLine(int target) {
    this.target = target;
    try {
      this.listening = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  /** Makes a line to this port of loopback. */
  public static CuttableLine to(int port) {
    return new CuttableLine(port);
  }

  /** The line's own port. */
  public int port() {
    return listening.getLocalPort();
  }

  /** Returns an address of the server with this line in between. */
  public URI through(URI uri) {
    return URI.create("http://127.0.0.1:" + port() + uri.getRawPath()
        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
  }

  /** Number of connections made through it, including failed ones. */
  public int connections() {
    return accepted.get();
  }

  /** Cuts all connections; new ones are possible. */
  public void cut() {
    open.forEach(CuttableLine::close);
  }

  /** Cuts all connections, and each new one immediately, until {@link #mend}. */
  public void takeDown() {
    isDown = true;
    cut();
  }

  /** Lets new connections through again, after {@link #takeDown}. */
  public void mend() {
    isDown = false;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        accepted.incrementAndGet();
        threads.execute(() -> connect(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    try {
      if (isDown) {
        client.close();
        return;
      }
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(client);
      open.add(server);
      threads.execute(() -> carry(client, server));
      carry(server, client);
    } catch (IOException gone) {
      close(client);
    }
  }

  /** Copies bytes until either end is closed, then closes both. */
  private void carry(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // Cut, by either side or by the test.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException ignored) {
      // The connection is gone anyway.
    }
  }

  @Override
  public void close() {
    close(listening);
    cut();
    threads.shutdownNow();
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException ignored) {
      // No client can connect any more.
    }
  }
}
