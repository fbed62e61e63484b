package io.gripstream.app.api;

import io.javalin.http.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The bodies that are being read or processed. Their number and size are limited, for the process
 * and per credential, so that neither many nor slow ones take the memory or threads that health and
 * streams need. Beyond a limit: 429. Thread-safe.
 */
final class Bodies {
  private static final int MAX_COUNT = 64;
  private static final int MAX_COUNT_EACH = 16;
  private static final long MAX_BYTES = 64_000_000;

  /** The part of the memory for bodies. */
  private static final int MEMORY_PART = 8;

  private final int maxBodyBytes;
  private final long maxBytes;
  private final long maxBytesEach;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private final Share all = new Share();
  private final Map<String, Share> byCredential = new HashMap<>();

  /** The part in use. */
  private static final class Share {
    int count;
    long bytes;
  }

  /** @param maxBodyBytes maximum size of a body; one such body is always allowed */
  Bodies(int maxBodyBytes, LongSupplier nanoTime) {
    this.maxBodyBytes = maxBodyBytes;
    this.nanoTime = nanoTime;
    this.maxBytes =
        Math.max(maxBodyBytes, Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / MEMORY_PART));
    this.maxBytesEach = Math.max(maxBodyBytes, maxBytes / 2);
  }

  /**
   * Takes a place for the request's body; it counts until the place is closed.
   *
   * @param credential the owner of the place: a user, else a key
   * @throws ApiException if there is none
   */
  Place take(Context ctx, String credential) {
    return take(ctx, credential, maxBodyBytes);
  }

  /** Same as {@link #take}, for a body that is not an event: at most {@link Body#SMALL} bytes. */
  Place takeSmall(Context ctx, String credential) {
    return take(ctx, credential, Body.SMALL);
  }

  private Place take(Context ctx, String credential, int maxBytes) {
    Place place = new Place(credential);
    synchronized (this) {
      Share own = byCredential.computeIfAbsent(credential, name -> new Share());
      if (all.count >= MAX_COUNT || own.count >= MAX_COUNT_EACH) {
        if (own.count == 0) {
          byCredential.remove(credential);
        }
        throw busy();
      }
      all.count++;
      own.count++;
    }
    try {
      place.body = Body.read(ctx, maxBytes, place::reserve, nanoTime);
      return place;
    } catch (RuntimeException | Error e) {
      place.close();
      throw e;
    }
  }

  private static ApiException busy() {
    return new ApiException(
        ApiError.TOO_MANY_REQUESTS,
        "too many or too large request bodies at once; try again later");
  }

  /** A body, and its share of the limits. */
  final class Place implements AutoCloseable {
    private final String credential;
    private byte[] body = new byte[0];
    private long reserved;
    private boolean isClosed;

    private Place(String credential) {
      this.credential = credential;
    }

    byte[] body() {
      return body;
    }

    private void reserve(int bytes) {
      synchronized (Bodies.this) {
        Share own = byCredential.computeIfAbsent(credential, name -> new Share());
        if (all.bytes + bytes > maxBytes || own.bytes + bytes > maxBytesEach) {
          throw busy();
        }
        all.bytes += bytes;
        own.bytes += bytes;
        reserved += bytes;
      }
    }

    @Override
    public void close() {
      synchronized (Bodies.this) {
        if (isClosed) {
          return;
        }
        isClosed = true;
        Share own = byCredential.computeIfAbsent(credential, name -> new Share());
        all.count--;
        all.bytes -= reserved;
        own.bytes -= reserved;
        if (--own.count == 0) {
          byCredential.remove(credential);
        }
      }
    }
  }
}
