package io.gripstream.testtools;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between a client and a PostgreSQL server on loopback. Once armed, it cuts a connection at
 * the next statement that commits.
 */
public final class CuttingProxy implements AutoCloseable {
  /** When to cut. */
  public enum Cut {
    /** The server never sees the statement. */
    BEFORE_COMMIT,
    /** The server commits, but the client never hears of it. */
    AFTER_COMMIT
  }

  /** A word of the statement that stores events without keys and is its own transaction. */
  public static final String STORE = "string_agg";

  /** Ends the transactions of more than one statement. */
  public static final String COMMIT = "COMMIT";

  private final ServerSocket listener;
  private final int target;
  private final byte[] word;
  private final List<Closeable> open = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Cut> next = new AtomicReference<>();
  private volatile boolean isAwayAfterCut;
  private volatile boolean isAway;

  /** @param word a word of the statements at which it cuts */
  public CuttingProxy(int target, String word) {
    this.target = target;
    this.word = word.getBytes(StandardCharsets.US_ASCII);
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Arms it for one connection. */
  public void cutNext(Cut cut) {
    next.set(cut);
  }

  /**
   * Lets the server commit, hides that from the client, and refuses connections until
   * {@link #comeBack}.
   */
  public void cutNextAndGoAway() {
    isAwayAfterCut = true;
    next.set(Cut.AFTER_COMMIT);
  }

  private void closeAllBut(Closeable kept) {
    for (Closeable socket : open) {
      if (!socket.equals(kept)) {
        closeQuietly(socket);
      }
    }
  }

  /** Accepts new connections again. */
  public void comeBack() {
    isAway = false;
  }

  private static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException ignored) {
      // It is useless now.
    }
  }

  /** Returns whether it has cut since it was armed. */
  public boolean hasCut() {
    return next.get() == null;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (isAway) {
          client.close();
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(server);
        daemon(() -> pump(client, server, true));
        daemon(() -> pump(server, client, false));
      } catch (IOException e) {
        // Closed, or the server is away: the next connection may succeed.
      }
    }
  }

  private void pump(Socket from, Socket to, boolean toServer) {
    byte[] buffer = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int count = in.read(buffer);
      while (count >= 0) {
        Cut cut = toServer && hasWord(buffer, count) ? next.getAndSet(null) : null;
        if (cut == Cut.BEFORE_COMMIT) {
          return;
        }
        if (cut == Cut.AFTER_COMMIT) {
          // The way back and every way to ask are closed before the server gets the statement.
          isAway = isAwayAfterCut;
          if (isAway) {
            closeAllBut(to);
          }
          from.close();
          out.write(buffer, 0, count);
          out.flush();
          to.shutdownOutput();
          return;
        }
        out.write(buffer, 0, count);
        count = in.read(buffer);
      }
    } catch (IOException ignored) {
      // The other side ended it.
    }
  }

  private boolean hasWord(byte[] buffer, int count) {
    for (int i = 0; i + word.length <= count; i++) {
      if (Arrays.equals(buffer, i, i + word.length, word, 0, word.length)) {
        return true;
      }
    }
    return false;
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Closeable socket : open) {
      socket.close();
    }
  }
}
