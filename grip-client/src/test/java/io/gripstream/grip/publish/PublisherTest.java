package io.gripstream.grip.publish;

import static io.gripstream.grip.publish.Publishing.ONE_LANE;
import static io.gripstream.grip.publish.Publishing.error;
import static io.gripstream.grip.publish.Publishing.get;
import static io.gripstream.grip.publish.Publishing.item;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is published, where and as whom, and what a publisher tells about it. */
class PublisherTest {
  @AutoClose
  private final Publishing publishing = new Publishing();

  private final FakeProxy fake = publishing.fake;

  @Test
  void publishes_an_item() throws Exception {
    get(publishing.publisher(PublishOptions.DEFAULT).publish(item(1)));

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
    get(publishing
        .open(ProxyPublisher.create(GripProxy.parse(url)))
        .publish(Item.stream("a", "x")));
  }

  @Test
  void prefix_goes_before_the_channel() throws Exception {
    get(publishing
        .publisher(PublishOptions.DEFAULT.withPrefix(new GripPrefix("p-")))
        .publish(item(1)));

    assertThat(fake.takeItem().channel()).isEqualTo("p-a");
  }

  @Test
  void recover_and_check_ask_the_control_endpoint() throws Exception {
    ProxyPublisher publisher = publishing.publisher(PublishOptions.DEFAULT);

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
    ProxyPublisher publisher = publishing.open(
        ProxyPublisher.create(GripProxy.builder(control).build(), PublishOptions.DEFAULT));
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
    Publisher publisher = publishing.open(Publisher.create(
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
    assertThat(
            publishing.open(Publisher.create(List.of())).publishAndWait(item(1)).isOk())
        .isTrue();
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
    ProxyPublisher publisher = publishing.publisher(ONE_LANE.withMetrics(metrics));
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
