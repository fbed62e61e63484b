package io.gripstream.grip.publish;

import static io.gripstream.grip.publish.Publishing.ONE_LANE;
import static io.gripstream.grip.publish.Publishing.error;
import static io.gripstream.grip.publish.Publishing.item;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.GripProxy;
import io.gripstream.grip.testkit.FakeProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The items that a publisher still has when it is closed. */
class PublisherCloseTest {
  @AutoClose
  private final Publishing publishing = new Publishing();

  private final FakeProxy fake = publishing.fake;

  @Test
  void close_drains_queued_items() throws Exception {
    ProxyPublisher publisher = publishing.publisher(PublishOptions.DEFAULT);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      all.add(publisher.publish(item(i)));
    }

    publisher.close();

    assertThat(all).allMatch(CompletableFuture::isDone);
    assertThat(fake.items()).hasSize(500);
    assertThat(error(publisher.publish(item(1))).kind()).isEqualTo(PublishException.Kind.CLOSED);
    publisher.close();
  }

  @Test
  void close_gives_up_at_the_deadline() {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE);
    fake.pause();
    CompletableFuture<Void> inFlight = publisher.publish(item(1));
    fake.takeRequest();
    CompletableFuture<Void> queued = publisher.publish(item(2));

    publisher.close(Duration.ofMillis(50));

    assertThat(error(queued).kind()).isEqualTo(PublishException.Kind.CLOSED);
    assertThat(error(inFlight).kind()).isEqualTo(PublishException.Kind.UNREACHABLE);
  }

  @Test
  void close_ends_a_backoff() throws Exception {
    FakeProxy gone = FakeProxy.start();
    GripProxy proxy = gone.proxy();
    gone.close();
    ProxyPublisher publisher = publishing.open(ProxyPublisher.create(proxy, ONE_LANE));
    CompletableFuture<Void> item = publisher.publish(item(1));

    publisher.close(Duration.ofMillis(100));

    assertThat(error(item).kind())
        .isIn(PublishException.Kind.CLOSED, PublishException.Kind.UNREACHABLE);
  }
}
