package io.gripstream.app.api;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unread rest of the body of a refused request. Many clients send all of it before they read.
 * If the server closes earlier, they see a broken pipe and not the reason. So the rest is read and
 * dropped, within limits of bytes, time and number; beyond them the connection is closed.
 * Thread-safe.
 */
final class Unread {
  private static final Logger LOG = LoggerFactory.getLogger(Unread.class);

  private static final String GIVEN_UP = Unread.class.getName();

  private static final int PIECE = 65_536;
  private static final long MOST_BYTES = 64_000_000;
  private static final int MOST_SECONDS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  /** Any client can be refused, and refused clients must not take all threads. */
  private static final Semaphore AT_ONCE = new Semaphore(16);

  private Unread() {}

  /** The rest is not worth waiting for: the client is too slow, or gone. */
  static void giveUp(Context ctx) {
    ctx.attribute(GIVEN_UP, true);
  }

  /** Blocks for seconds if there is a body, and the client sends it slowly. */
  static void drop(Context ctx) {
    long announced = ctx.req().getContentLengthLong();
    boolean hasBody = announced > 0 || ctx.header("Transfer-Encoding") != null;
    EndPoint connection = Body.connection(ctx);
    // A client that waits for 100 Continue, and an HTTP/2 client, can read the answer immediately.
    if (!hasBody
        || announced > MOST_BYTES
        || connection == null
        || ctx.attribute(GIVEN_UP) != null
        || ctx.header("Expect") != null
        || !AT_ONCE.tryAcquire()) {
      return;
    }
    long usual = connection.getIdleTimeout();
    connection.setIdleTimeout(LONGEST_PAUSE_MILLIS);
    try {
      drop(ctx.req().getInputStream());
    } catch (IOException gone) {
      LOG.debug("The rest of a body that is refused did not come", gone);
    } finally {
      connection.setIdleTimeout(usual);
      AT_ONCE.release();
    }
  }

  private static void drop(InputStream in) throws IOException {
    long start = System.nanoTime();
    byte[] piece = new byte[PIECE];
    long length = 0;
    while (length < MOST_BYTES
        && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(MOST_SECONDS)) {
      int read = in.read(piece);
      if (read < 0) {
        return;
      }
      length += read;
    }
  }
}
