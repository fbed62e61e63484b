package io.gripstream.app.api;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/** The body of a request to the API. */
final class Body {
  static final String JSON = "application/json";
  static final String NDJSON = "application/x-ndjson";

  /** More than enough for a body without an event. */
  static final int SMALL = 16_384;

  private static final int PIECE = 65_536;

  /** A client that is slower than this on average, after the grace, only holds a thread. */
  private static final int BYTES_PER_SECOND = 1_000;

  private static final int GRACE_SECONDS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  private Body() {}

  /**
   * The media type of the body. A web page can send these types to another origin only after a
   * preflight request.
   *
   * @throws ApiException if it is not one of {@code allowed}
   */
  static String mediaType(Context ctx, List<String> allowed) {
    String type = ctx.contentType();
    String bare = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!allowed.contains(bare)) {
      throw new ApiException(
          ApiError.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type must be " + String.join(" or ", allowed)
              + (type == null ? ", and there is none" : ""));
    }
    return bare;
  }

  /**
   * @param reserve called with the number of further bytes before they are read; may throw
   * @throws ApiException if it is longer than that, does not come whole, or comes too slowly
   */
  static byte[] read(Context ctx, int maxBytes, IntConsumer reserve, LongSupplier nanoTime) {
    long announced = ctx.req().getContentLengthLong();
    EndPoint connection = connection(ctx);
    long usual = connection == null ? 0 : connection.getIdleTimeout();
    if (connection != null) {
      connection.setIdleTimeout(LONGEST_PAUSE_MILLIS);
    }
    try {
      if (announced > maxBytes) {
        throw new TooLong();
      }
      if (announced >= 0) {
        reserve.accept((int) announced);
      }
      return read(ctx.req().getInputStream(), announced, maxBytes, reserve, nanoTime);
    } catch (TooLong e) {
      throw tooLarge(maxBytes);
    } catch (TooSlow e) {
      Unread.giveUp(ctx);
      throw new ApiException(
          ApiError.REQUEST_TIMEOUT,
          "the body comes too slowly: less than " + BYTES_PER_SECOND + " bytes a second");
    } catch (IOException e) {
      Unread.giveUp(ctx);
      if (e.getCause() instanceof TimeoutException) {
        throw new ApiException(ApiError.REQUEST_TIMEOUT, "the body paused for more than 10 s");
      }
      throw new ApiException(ApiError.BAD_REQUEST, "the body did not arrive whole");
    } finally {
      if (connection != null) {
        connection.setIdleTimeout(usual);
      }
    }
  }

  private static byte[] read(
      InputStream in, long announced, int maxBytes, IntConsumer reserve, LongSupplier nanoTime)
      throws IOException {
    long start = nanoTime.getAsLong();
    byte[] bytes = new byte[(int) Math.min(PIECE, announced < 0 ? PIECE : announced)];
    int length = 0;
    int reserved = announced < 0 ? 0 : (int) announced;
    while (true) {
      if (length == bytes.length) {
        int next = in.read();
        if (next < 0) {
          return bytes;
        }
        if (length == maxBytes) {
          throw new TooLong();
        }
        bytes = Arrays.copyOf(bytes, grown(length, announced, maxBytes));
        bytes[length++] = (byte) next;
      }
      if (length > reserved) {
        reserve.accept(bytes.length - reserved);
        reserved = bytes.length;
      }
      int read = in.read(bytes, length, bytes.length - length);
      if (read < 0) {
        return Arrays.copyOf(bytes, length);
      }
      length += read;
      checkRate(length, nanoTime.getAsLong() - start);
    }
  }

  private static int grown(int length, long announced, int maxBytes) {
    long wanted = Math.max(PIECE, 2L * length);
    return (int) Math.min(wanted, announced > length ? announced : maxBytes);
  }

  private static void checkRate(int length, long nanos) throws TooSlow {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos) - GRACE_SECONDS;
    if (seconds > 0 && length < seconds * BYTES_PER_SECOND) {
      throw new TooSlow();
    }
  }

  /** The connection, if it is this request's alone. */
  static @Nullable EndPoint connection(Context ctx) {
    ServletContextRequest request = ServletContextRequest.getServletContextRequest(ctx.req());
    boolean isAlone = request != null
        && request.getConnectionMetaData().getHttpVersion().getVersion()
            <= HttpVersion.HTTP_1_1.getVersion();
    return isAlone ? request.getConnectionMetaData().getConnection().getEndPoint() : null;
  }

  /** The body is longer than it may be. */
  private static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static final class TooSlow extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static ApiException tooLarge(int maxBytes) {
    return new ApiException(
        ApiError.TOO_LARGE,
        "the body is longer than " + maxBytes + " bytes"
            + (maxBytes == SMALL ? "" : " (max_body_bytes)"));
  }
}
