package io.gripstream.grip.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.testkit.ControlRequest;
import io.gripstream.grip.testkit.FakeItem;
import io.gripstream.grip.testkit.FakeProxy;
import io.gripstream.grip.testkit.Ports;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublisherTest {

  private static final PublishOptions ONE_LANE = PublishOptions.DEFAULT.withRequestsInFlight(1);

  private final FakeProxy fake = FakeProxy.start();
  private final List<AutoCloseable> opened = new ArrayList<>();

  private ProxyPublisher publisher(PublishOptions options) {
    return open(ProxyPublisher.create(fake.proxy(), options));
  }

  private <T extends AutoCloseable> T open(T publisher) {
    opened.add(publisher);
    return publisher;
  }

  @AfterEach
  void close() throws Exception {
    fake.proceed();
    for (AutoCloseable one : opened) {
      one.close();
    }
    fake.close();
  }

  private static Item item(int n) {
    return Item.builder("a").id(String.valueOf(n)).stream("item " + n).build();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  private static PublishException error(CompletableFuture<Void> future) {
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

  @Test
  void publishes_an_item() throws Exception {
    get(publisher(PublishOptions.DEFAULT).publish(item(1)));

    FakeItem item = fake.takeItem();
    assertThat(item.channel()).isEqualTo("a");
    assertThat(item.id()).isEqualTo("1");
    assertThat(item.streamContent()).isEqualTo("item 1");
    ControlRequest request = fake.takeRequest();
    assertThat(request.target()).isEqualTo("/publish/");
    assertThat(request.header("content-length")).isEqualTo(String.valueOf(request.body().length));
    assertThat(request.header("transfer-encoding")).isEmpty();
    assertThat(request.header("authorization")).isEmpty();
  }

  @Test
  void items_published_meanwhile_leave_as_one_batch_in_order() throws Exception {
    ProxyPublisher publisher = publisher(ONE_LANE);
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
    ProxyPublisher publisher = publisher(ONE_LANE);
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
    ProxyPublisher publisher = publisher(PublishOptions.DEFAULT.withRequestsInFlight(4));
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

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 429, 408})
  void a_failure_that_may_pass_is_tried_again_with_the_same_id(int status) throws Exception {
    fake.answerNext(status, "later").answerNext(status, "later");

    get(publisher(PublishOptions.DEFAULT).publish(item(1)));

    assertThat(fake.takeItem().id()).isEqualTo("1");
    assertThat(fake.items()).isEmpty();
  }

  @Test
  void a_lost_answer_is_tried_again_with_the_same_id() throws Exception {
    fake.loseNextAnswer();

    get(publisher(PublishOptions.DEFAULT).publish(item(1)));

    assertThat(fake.takeItem().id()).isEqualTo("1");
    assertThat(fake.takeItem().id()).isEqualTo("1");
  }

  @Test
  void order_survives_failures_in_the_middle() throws Exception {
    ProxyPublisher publisher = publisher(ONE_LANE);
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
    ProxyPublisher publisher = publisher(ONE_LANE.withRetryFor(Duration.ZERO));
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
    ProxyPublisher publisher = publisher(ONE_LANE);
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

    assertThat(error(publisher(PublishOptions.DEFAULT).publish(item(1))).kind())
        .isEqualTo(PublishException.Kind.UNAUTHORIZED);
  }

  @Test
  void a_redirect_is_not_followed() {
    fake.answerNext(307, "elsewhere");

    PublishException error = error(publisher(PublishOptions.DEFAULT).publish(item(1)));

    assertThat(error.kind()).isEqualTo(PublishException.Kind.REJECTED);
    assertThat(error).hasMessageContaining("307, a redirect that is not followed");
  }

  @Test
  void an_item_above_the_limit_is_refused_unsent() {
    PublishException error =
        error(publisher(PublishOptions.DEFAULT).publish(Item.stream("a", "x".repeat(1_000_000))));

    assertThat(error.kind()).isEqualTo(PublishException.Kind.TOO_LARGE);
    assertThat(error).hasMessageContaining("more than the 999988 of a request");
  }

  @Test
  void the_largest_item_passes() throws Exception {
    int overhead = Item.stream("a", "").toJson().length;

    get(publisher(PublishOptions.DEFAULT)
        .publish(Item.stream("a", "x".repeat(999_988 - overhead))));

    assertThat(fake.takeRequest().body()).hasSize(1_000_000);
  }

  @Test
  void a_full_queue_refuses_new_items_and_keeps_the_others() throws Exception {
    ProxyPublisher publisher = publisher(ONE_LANE.withMaxQueuedItems(2));
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
    ProxyPublisher publisher = publisher(ONE_LANE.withMaxQueuedBytes(300));
    fake.pause();
    publisher.publish(Item.stream("a", "x".repeat(200)));

    assertThat(error(publisher.publish(Item.stream("a", "x".repeat(200)))))
        .hasMessageContaining("its limit is 10000 and 300");
  }

  @Test
  void close_drains_queued_items() throws Exception {
    ProxyPublisher publisher = publisher(PublishOptions.DEFAULT);
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
    ProxyPublisher publisher = publisher(ONE_LANE);
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
    ProxyPublisher publisher = open(ProxyPublisher.create(proxy, ONE_LANE));
    CompletableFuture<Void> item = publisher.publish(item(1));

    publisher.close(Duration.ofMillis(100));

    assertThat(error(item).kind())
        .isIn(PublishException.Kind.CLOSED, PublishException.Kind.UNREACHABLE);
  }

  @Test
  void items_behind_given_up_items_are_given_up_in_time() throws Exception {
    FakeProxy gone = FakeProxy.start();
    GripProxy proxy = gone.proxy();
    gone.close();
    ProxyPublisher publisher =
        open(ProxyPublisher.create(proxy, ONE_LANE.withRetryFor(Duration.ofMillis(300))));
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

  @Test
  void a_slow_listener_does_not_hold_up_the_next_items() throws Exception {
    ProxyPublisher publisher = publisher(ONE_LANE);
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
    ProxyPublisher publisher = publisher(ONE_LANE);

    get(publisher.publish(item(1)).thenRun(() -> publisher.publish(item(2)).join()));

    assertThat(fake.items()).hasSize(2);
  }

  @Test
  void authenticates_with_a_jwt_a_token_or_a_password() throws Exception {
    URI uri = fake.controlUri();
    String host = "127.0.0.1:" + uri.getPort();
    authenticated("http://" + host + "?iss=me&key=secret");
    assertThat(fake.takeRequest().header("authorization")).startsWith("Bearer ey");
    authenticated("http://" + host + "?key=token");
    assertThat(fake.takeRequest().header("authorization")).isEqualTo("Bearer token");
    authenticated("http://user:pass@" + host);
    assertThat(fake.takeRequest().header("authorization"))
        .isEqualTo("Basic "
            + Base64.getEncoder().encodeToString("user:pass".getBytes(StandardCharsets.US_ASCII)));
  }

  private void authenticated(String url) throws Exception {
    get(open(ProxyPublisher.create(GripProxy.parse(url))).publish(Item.stream("a", "x")));
  }

  @Test
  void prefix_goes_before_the_channel() throws Exception {
    get(publisher(PublishOptions.DEFAULT.withPrefix(new GripPrefix("p-"))).publish(item(1)));

    assertThat(fake.takeItem().channel()).isEqualTo("p-a");
  }

  @Test
  void recover_and_check_ask_the_control_endpoint() throws Exception {
    ProxyPublisher publisher = publisher(PublishOptions.DEFAULT);

    assertThat(get(publisher.check())).isTrue();
    get(publisher.recover());
    assertThat(fake.takeRequest().target()).isEqualTo("/");
    ControlRequest recover = fake.takeRequest();
    assertThat(recover.method() + " " + recover.target()).isEqualTo("POST /recover/");
    fake.close();
    assertThat(get(publisher.check())).isFalse();
    assertThat(error(publisher.recover()).kind()).isEqualTo(PublishException.Kind.UNREACHABLE);
  }

  @Test
  void proxy_is_unknown_until_it_answered_once() throws Exception {
    int port = Ports.free(1).get(0);
    URI control = URI.create("http://127.0.0.1:" + port + "/");
    ProxyPublisher publisher =
        open(ProxyPublisher.create(GripProxy.builder(control).build(), PublishOptions.DEFAULT));
    assertThat(publisher.health().state()).isEqualTo(ProxyHealth.State.UNKNOWN);

    for (int i = 0; i < 3; i++) {
      assertThat(get(publisher.check())).isFalse();
      assertThat(publisher.health().state()).isEqualTo(ProxyHealth.State.UNKNOWN);
      assertThat(publisher.health().lastError()).contains("no answer");
    }
    HttpServer late = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    AtomicInteger status = new AtomicInteger(200);
    late.createContext("/", request -> {
      request.sendResponseHeaders(
          request.getRequestMethod().equals("GET") ? 404 : status.get(), -1);
      request.close();
    });
    late.start();
    try {
      assertThat(get(publisher.check())).as("it is not Pushpin").isFalse();
      assertThat(publisher.health().state()).isEqualTo(ProxyHealth.State.OK);

      status.set(401);
      assertThat(error(publisher.publish(item(1))).kind())
          .isEqualTo(PublishException.Kind.UNAUTHORIZED);
      get(publisher.check());
      assertThat(publisher.health().state())
          .as("an answer to a question does not make up for a refused item")
          .isEqualTo(ProxyHealth.State.DEGRADED);

      status.set(200);
      get(publisher.publish(item(2)));
      assertThat(publisher.health().state()).isEqualTo(ProxyHealth.State.OK);
    } finally {
      late.stop(0);
    }
    get(publisher.check());
    assertThat(publisher.health().state()).isEqualTo(ProxyHealth.State.DEGRADED);
  }

  @Test
  void several_proxies_have_a_result_each() throws Exception {
    FakeProxy down = FakeProxy.start();
    GripProxy downProxy = down.proxy();
    down.close();
    Publisher publisher = open(Publisher.create(
        List.of(downProxy, fake.proxy()), PublishOptions.DEFAULT.withRetryFor(Duration.ZERO)));

    PublishResult result = publisher.publishAndWait(item(1));

    assertThat(result.isOk()).isFalse();
    assertThat(result.errors().keySet()).containsExactly(downProxy, fake.proxy());
    assertThat(result.errors().get(fake.proxy())).isEmpty();
    assertThat(result.errors().get(downProxy)).isPresent();
    assertThatThrownBy(result::orThrow)
        .isInstanceOf(PublishException.class)
        .hasMessageContaining(downProxy.name());
    assertThat(publisher.proxies())
        .extracting(p -> p.health().state())
        .containsExactly(ProxyHealth.State.DEGRADED, ProxyHealth.State.OK);
  }

  @Test
  void without_proxies_publishing_succeeds() {
    assertThat(open(Publisher.create(List.of())).publishAndWait(item(1)).isOk()).isTrue();
  }

  @Test
  void metrics_count_events_and_streams() throws Exception {
    var published = new AtomicInteger();
    var retried = new AtomicInteger();
    var failed = new ArrayList<PublishException.Kind>();
    PublishMetrics metrics = new PublishMetrics() {
      @Override
      public void published(GripProxy proxy, int items, int bytes, Duration took) {
        published.addAndGet(items);
      }

      @Override
      public void retried(GripProxy proxy, int items) {
        retried.addAndGet(items);
      }

      @Override
      public void failed(GripProxy proxy, PublishException.Kind kind) {
        failed.add(kind);
      }
    };
    ProxyPublisher publisher = publisher(ONE_LANE.withMetrics(metrics));
    fake.answerNext(503, "").answerNext(200, "").answerNext(400, "");

    get(publisher.publish(item(1)));
    error(publisher.publish(item(2)));

    assertThat(published).hasValue(1);
    assertThat(retried).hasValue(1);
    assertThat(failed).containsExactly(PublishException.Kind.REJECTED);
  }

  @Test
  void options_refuse_values_out_of_range() {
    assertThatThrownBy(() -> PublishOptions.DEFAULT.withMaxQueuedItems(0))
        .hasMessage("maxQueuedItems is 0, not from 1 to 2147483647");
    assertThatThrownBy(() -> PublishOptions.DEFAULT.withRequestsInFlight(17))
        .hasMessageContaining("requestsInFlight is 17");
    assertThatThrownBy(() -> PublishOptions.DEFAULT.withRetryFor(Duration.ofSeconds(-1)))
        .hasMessageContaining("retryFor is PT-1S");
  }
}
