package io.gripstream.grip.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.FakeProxy;
import java.time.Clock;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A system that has no more threads for a moment. */
class RequestQueueTest {
  private final FakeProxy proxy = FakeProxy.start();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingQueue<Courier.Settled> settled = new LinkedBlockingQueue<>();
  private volatile boolean isThreadThere = true;

  private final RequestQueue queue = new RequestQueue(
      new Courier(
          proxy.proxy(),
          new ControlClient(proxy.proxy(), PublishOptions.DEFAULT),
          new HealthLog(proxy.proxy(), Clock.systemUTC()),
          PublishOptions.DEFAULT),
      this::execute,
      settled::addAll,
      PublishOptions.DEFAULT);

  private void execute(Runnable task) {
    if (!isThreadThere) {
      throw new RejectedExecutionException("expected by the test");
    }
    threads.execute(task);
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    proxy.close();
  }

  private Delivery add(String data) {
    byte[] json = Item.stream("a", data).toJson();
    Delivery delivery = new Delivery("a", json, System.nanoTime(), new CompletableFuture<>());
    queue.add(delivery);
    return delivery;
  }

  private void expectPublished(Delivery delivery) throws InterruptedException {
    assertThat(settled.poll(10, TimeUnit.SECONDS)).isEqualTo(new Courier.Settled(delivery, null));
  }

  private void expectFailed(Delivery delivery) throws InterruptedException {
    Courier.Settled outcome = settled.poll(10, TimeUnit.SECONDS);
    assertThat(outcome).isNotNull();
    assertThat(outcome.delivery()).isEqualTo(delivery);
    assertThat(outcome.error())
        .hasMessageContaining("no thread can be made")
        .extracting(PublishException::kind)
        .isEqualTo(PublishException.Kind.UNREACHABLE);
  }

  @Test
  void an_item_fails_if_no_thread_can_be_made_and_the_next_one_is_sent() throws Exception {
    isThreadThere = false;
    expectFailed(add("1"));

    isThreadThere = true;
    expectPublished(add("2"));
  }

  @Test
  void items_behind_a_request_fail_if_no_thread_can_be_made_and_the_next_one_is_sent()
      throws Exception {
    proxy.pause();
    Delivery first = add("1");
    proxy.takeRequest();
    Delivery second = add("2");
    isThreadThere = false;
    proxy.proceed();
    expectFailed(second);
    expectPublished(first);

    isThreadThere = true;
    expectPublished(add("3"));
  }
}
