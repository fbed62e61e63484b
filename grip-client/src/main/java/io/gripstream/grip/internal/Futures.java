package io.gripstream.grip.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for futures. */
public final class Futures {
  private Futures() {}

  /**
   * Waits for the result.
   *
   * @param expected types of failures that are thrown without a wrapper
   * @throws CompletionException with any other failure in it
   */
  @SafeVarargs
  public static <T> T join(
      CompletableFuture<T> future, Class<? extends RuntimeException>... expected) {
    try {
      return future.join();
    } catch (CompletionException e) {
      for (Class<? extends RuntimeException> type : expected) {
        if (type.isInstance(e.getCause())) {
          throw type.cast(e.getCause());
        }
      }
      throw e;
    }
  }
}
