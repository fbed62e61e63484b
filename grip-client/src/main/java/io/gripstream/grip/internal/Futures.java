package io.gripstream.grip.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for futures. */
public final class Futures {
  private Futures() {}

  /**
   * Waits for the result.
   *
   * @param expected type of failure that is thrown without a wrapper
   * @throws CompletionException with any other failure in it
   */
  public static <T, X extends RuntimeException> T join(
      CompletableFuture<T> future, Class<X> expected) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (expected.isInstance(e.getCause())) {
        throw expected.cast(e.getCause());
      }
      throw e;
    }
  }
}
