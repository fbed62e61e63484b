package io.gripstream.grip.publish;

import static io.gripstream.grip.publish.Publishing.ONE_LANE;
import static io.gripstream.grip.publish.Publishing.error;
import static io.gripstream.grip.publish.Publishing.get;
import static io.gripstream.grip.publish.Publishing.item;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.FakeItem;
import io.gripstream.grip.testkit.FakeProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The batches of a publisher, their order, and the limits of its queue. */
class PublishQueueTest {
  @AutoClose
  private final Publishing publishing = new Publishing();

  private final FakeProxy fake = publishing.fake;

  @Test
  void items_published_meanwhile_leave_as_one_batch_in_order() throws Exception {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE);
    fake.pause();
    CompletableFuture<Void> first = publisher.publish(item(0));
    fake.takeRequest();
    List<CompletableFuture<Void>> more = new ArrayList<>();
    for (int i = 1; i <= 250; i++) {
      more.add(publisher.publish(item(i)));
    }
    fake.proceed();
    get(first);
    get(CompletableFuture.allOf(more.toArray(CompletableFuture[]::new)));

    assertThat(fake.batchSizes()).containsExactly(1, 100, 100, 50);
    for (int i = 0; i <= 250; i++) {
      assertThat(fake.takeItem().id()).isEqualTo(String.valueOf(i));
    }
  }

  @Test
  void batches_stay_below_500_kilobytes() throws Exception {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE);
    fake.pause();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    all.add(publisher.publish(item(0)));
    fake.takeRequest();
    for (int i = 0; i < 5; i++) {
      all.add(publisher.publish(Item.stream("a", "x".repeat(200_000))));
    }
    fake.proceed();
    get(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));

    assertThat(fake.batchSizes()).containsExactly(1, 2, 2, 1);
  }

  @Test
  void channels_share_the_requests_in_flight_and_each_keeps_its_order() throws Exception {
    ProxyPublisher publisher = publishing.publisher(PublishOptions.DEFAULT.withRequestsInFlight(4));
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      all.add(publisher.publish(Item.builder("c" + i % 7).id("" + i).stream("x").build()));
    }
    get(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));

    int[] last = new int[7];
    for (FakeItem item : fake.items()) {
      int channel = Integer.parseInt(item.channel().substring(1));
      int id = Integer.parseInt(String.valueOf(item.id()));
      assertThat(id).isGreaterThanOrEqualTo(last[channel]);
      last[channel] = id;
    }
    assertThat(fake.items()).hasSize(2_000);
  }

  @Test
  void an_item_above_the_limit_is_refused_unsent() {
    PublishException error = error(publishing
        .publisher(PublishOptions.DEFAULT)
        .publish(Item.stream("a", "x".repeat(1_000_000))));

    assertThat(error.kind()).isEqualTo(PublishException.Kind.TOO_LARGE);
    assertThat(error).hasMessageContaining("more than the 999988 of a request");
  }

  @Test
  void the_largest_item_passes() throws Exception {
    int overhead = Item.stream("a", "").toJson().length;

    get(publishing
        .publisher(PublishOptions.DEFAULT)
        .publish(Item.stream("a", "x".repeat(999_988 - overhead))));

    assertThat(fake.takeRequest().body()).hasSize(1_000_000);
  }

  @Test
  void a_full_queue_refuses_new_items_and_keeps_the_others() throws Exception {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE.withMaxQueuedItems(2));
    fake.pause();
    CompletableFuture<Void> first = publisher.publish(item(1));
    CompletableFuture<Void> second = publisher.publish(item(2));

    CompletableFuture<Void> third = publisher.publish(item(3));
    assertThat(third).isCompletedExceptionally();
    assertThat(error(third).kind()).isEqualTo(PublishException.Kind.OVERFLOW);
    assertThat(publisher.health().queuedItems()).isEqualTo(2);
    fake.proceed();
    get(first);
    get(second);
  }

  @Test
  void a_queue_is_also_bounded_in_bytes() {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE.withMaxQueuedBytes(300));
    fake.pause();
    publisher.publish(Item.stream("a", "x".repeat(200)));

    assertThat(error(publisher.publish(Item.stream("a", "x".repeat(200)))))
        .hasMessageContaining("its limit is 10000 and 300");
  }

  @Test
  void a_slow_listener_does_not_hold_up_the_next_items() throws Exception {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE);
    var release = new CountDownLatch(1);
    fake.pause();
    CompletableFuture<Void> slow = publisher.publish(item(1)).thenRun(() -> {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    fake.takeRequest();
    CompletableFuture<Void> next = publisher.publish(item(2));
    fake.proceed();

    get(next);
    release.countDown();
    get(slow);
  }

  @Test
  void a_listener_may_publish_and_wait() throws Exception {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE);

    get(publisher.publish(item(1)).thenRun(() -> publisher.publish(item(2)).join()));

    assertThat(fake.items()).hasSize(2);
  }
}
