package io.gripstream.grip.publish;

import static io.gripstream.grip.publish.Publishing.ONE_LANE;
import static io.gripstream.grip.publish.Publishing.error;
import static io.gripstream.grip.publish.Publishing.get;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items that a proxy refuses, and requests that fail. */
class PublishFailureTest {
  @AutoClose
  private final Publishing publishing = new Publishing();

  private final FakeProxy fake = publishing.fake;

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 429, 408})
  void a_failure_that_may_pass_is_tried_again_with_the_same_id(int status) throws Exception {
    fake.answerNext(status, "later").answerNext(status, "later");

    get(publishing.publisher(PublishOptions.DEFAULT).publish(item(1)));

    assertThat(fake.takeItem().id()).isEqualTo("1");
    assertThat(fake.items()).isEmpty();
  }

  @Test
  void a_lost_answer_is_tried_again_with_the_same_id() throws Exception {
    fake.loseNextAnswer();

    get(publishing.publisher(PublishOptions.DEFAULT).publish(item(1)));

    assertThat(fake.takeItem().id()).isEqualTo("1");
    assertThat(fake.takeItem().id()).isEqualTo("1");
  }

  @Test
  void order_survives_failures_in_the_middle() throws Exception {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE);
    fake.pause();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.add(publisher.publish(item(i)));
    }
    fake.answerNext(503, "").answerNext(400, "bad").answerNext(503, "");
    fake.proceed();
    get(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));

    for (int i = 0; i < 300; i++) {
      assertThat(fake.takeItem().id()).isEqualTo(String.valueOf(i));
    }
  }

  @Test
  void without_retry_an_item_fails_at_once_and_later_ones_do_not() throws Exception {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE.withRetryFor(Duration.ZERO));
    fake.answerNext(503, "busy");

    PublishException error = error(publisher.publish(item(1)));

    assertThat(error.kind()).isEqualTo(PublishException.Kind.UNREACHABLE);
    assertThat(error).hasMessage(fake.proxy().name() + ": the control endpoint answered 503: busy");
    assertThat(publisher.health().state()).isEqualTo(ProxyHealth.State.DEGRADED);
    assertThat(publisher.health().lastError()).contains("503");
    get(publisher.publish(item(2)));
    assertThat(publisher.health().state()).isEqualTo(ProxyHealth.State.OK);
    assertThat(publisher.health().queuedItems()).isZero();
  }

  @Test
  void only_the_bad_item_of_a_batch_fails() throws Exception {
    ProxyPublisher publisher = publishing.publisher(ONE_LANE);
    fake.pause();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    all.add(publisher.publish(item(0)));
    fake.takeRequest();
    for (int i = 1; i <= 20; i++) {
      all.add(publisher.publish(item(i)));
    }
    // The batch of 20, its first half, the first quarter ...: number 1 is the one refused.
    for (int i = 0; i < 6; i++) {
      fake.answerNext(i == 0 ? 200 : 400, i == 0 ? "" : "Parse error: no");
    }
    fake.proceed();

    PublishException error = error(all.get(1));
    assertThat(error.kind()).isEqualTo(PublishException.Kind.REJECTED);
    assertThat(error).hasMessageEndingWith("the control endpoint answered 400: Parse error: no");
    all.remove(1);
    get(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
    for (int i = 2; i <= 20; i++) {
      assertThat(fake.takeItem().id()).isEqualTo(String.valueOf(i));
    }
    assertThat(publisher.health().state()).isEqualTo(ProxyHealth.State.OK);
  }

  @Test
  void wrong_credentials_fail_the_batch_at_once() {
    fake.answerNext(401, "who?");

    assertThat(
            error(publishing.publisher(PublishOptions.DEFAULT).publish(item(1))).kind())
        .isEqualTo(PublishException.Kind.UNAUTHORIZED);
  }

  @Test
  void a_redirect_is_not_followed() {
    fake.answerNext(307, "elsewhere");

    PublishException error = error(publishing.publisher(PublishOptions.DEFAULT).publish(item(1)));

    assertThat(error.kind()).isEqualTo(PublishException.Kind.REJECTED);
    assertThat(error).hasMessageContaining("307, a redirect that is not followed");
  }

  @Test
  void items_behind_given_up_items_are_given_up_in_time() throws Exception {
    FakeProxy gone = FakeProxy.start();
    GripProxy proxy = gone.proxy();
    gone.close();
    ProxyPublisher publisher = publishing.open(
        ProxyPublisher.create(proxy, ONE_LANE.withRetryFor(Duration.ofMillis(300))));
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      all.add(publisher.publish(item(i)));
    }

    // Not batch after batch, each with a pause of up to 2 s.
    CompletableFuture<Void> together =
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    assertThat(error(together).kind()).isEqualTo(PublishException.Kind.UNREACHABLE);
    assertThat(publisher.health().queuedItems()).isZero();
  }
}
