package io.gripstream.grip.publish;

import io.gripstream.grip.testkit.FakeProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A fake proxy, and publishers to it, for one test. */
final class Publishing implements AutoCloseable {
  /** Sends one request after the other. */
  static final PublishOptions ONE_LANE = PublishOptions.DEFAULT.withRequestsInFlight(1);

  final FakeProxy fake = FakeProxy.start();
  private final List<Runnable> closings = new ArrayList<>();

  /** Has this proxy only. */
  ProxyPublisher publisher(PublishOptions options) {
    return open(ProxyPublisher.create(fake.proxy(), options));
  }

  /** Closes it after the test. */
  ProxyPublisher open(ProxyPublisher publisher) {
    closings.add(publisher::close);
    return publisher;
  }

  /** Closes it after the test. */
  Publisher open(Publisher publisher) {
    closings.add(publisher::close);
    return publisher;
  }

  static Item item(int n) {
    return Item.builder("a").id(String.valueOf(n)).stream("item " + n).build();
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  /** Waits for the failure. */
  static PublishException error(CompletableFuture<Void> future) {
    try {
      future.orTimeout(10, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof PublishException error) {
        return error;
      }
      throw e;
    }
    throw new AssertionError("was published");
  }

  @Override
  public void close() {
    fake.proceed();
    closings.forEach(Runnable::run);
    fake.close();
  }
}
