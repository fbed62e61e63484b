package io.gripstream.grip.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.GripSig;
import io.gripstream.grip.testkit.ControlRequest;
import io.gripstream.grip.testkit.FakeProxy;
import io.gripstream.grip.websocket.WebSocketContext;
import io.gripstream.grip.websocket.WebSocketEvent;
import io.gripstream.grip.websocket.WebSocketEvents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Faults of the older Java libraries, one test each, that must not come back here. */
class AntiModelTest {

  private final FakeProxy fake = FakeProxy.start();

  @AfterEach
  void close() {
    fake.close();
  }

  private ProxyPublisher publisher(PublishOptions options) {
    return ProxyPublisher.create(fake.proxy(), options);
  }

  @Test
  void characters_are_not_cut_to_eight_bits_and_the_length_counts_bytes() throws Exception {
    try (ProxyPublisher publisher = publisher(PublishOptions.DEFAULT)) {
      publisher.publish(Item.stream("é", "é€😀")).get(10, TimeUnit.SECONDS);
    }
    ControlRequest request = fake.takeRequest();
    assertThat(request.header("content-length")).isEqualTo(String.valueOf(request.body().length));
    assertThat(new String(request.body(), StandardCharsets.UTF_8)).contains("\"é€😀\"");
  }

  @Test
  void bytes_do_not_depend_on_the_default_charset() throws Exception {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dfile.encoding=US-ASCII",
            "-cp",
            System.getProperty("java.class.path"),
            AsciiEncoder.class.getName())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();

    assertThat(printed).isEqualTo("US-ASCII " + AsciiEncoder.text());
  }

  @Test
  void a_binary_key_is_not_put_through_text() {
    byte[] secret = {(byte) 0x8f, (byte) 0xff, 0x10};
    String token = GripSig.sign(GripKey.ofSecret(secret), "i", Instant.now().plusSeconds(60));

    GripProxy proxy = GripProxy.parse("http://h?iss=i&key=base64:j/8Q");

    assertThat(GripSig.verify(token, List.of(proxy), Clock.systemUTC()))
        .isEqualTo(new GripSig.Valid(proxy));
  }

  @Test
  void a_plain_key_is_not_taken_for_base64() {
    assertThat(GripKey.parse("c2VjcmV0"))
        .isEqualTo(GripKey.ofSecret("c2VjcmV0".getBytes(StandardCharsets.US_ASCII)))
        .isNotEqualTo(GripKey.parse("base64:c2VjcmV0"));
  }

  @Test
  void a_truncated_frame_is_an_error_and_not_padded() {
    byte[] body = "TEXT 7fffffff\r\nab\r\n".getBytes(StandardCharsets.US_ASCII);

    assertThatThrownBy(() -> WebSocketEvents.decode(body)).hasMessageContaining("offset 5");
  }

  @Test
  void binary_content_is_not_dropped() {
    var event = new WebSocketEvent(WebSocketEvent.Type.BINARY, new byte[] {0, -1});

    assertThat(WebSocketEvents.decode(WebSocketEvents.encode(List.of(event))))
        .containsExactly(event);
  }

  @Test
  void values_of_the_caller_are_copied_and_not_changed() {
    Map<String, String> meta = new HashMap<>(Map.of("require_sub", "a"));
    List<Format> formats = new ArrayList<>(List.of(new Format.HttpStreamClose()));
    byte[] content = {1};
    var stream = new Format.HttpStream(content, null);

    var item = new Item("a", null, null, false, meta, formats).withPrefix(new GripPrefix("p-"));
    meta.clear();
    formats.clear();
    content[0] = 2;
    stream.content()[0] = 3;

    assertThat(item.meta()).isEqualTo(Map.of("require_sub", "p-a"));
    assertThat(item.formats()).hasSize(1);
    assertThat(stream.content()).containsExactly(1);
    WebSocketContext.read(AsciiEncoder::headers, new byte[0], GripPrefix.NONE).subscribe("a");
  }

  @Test
  void reasons_of_a_bad_signature_look_different() {
    GripProxy proxy = GripProxy.parse("http://h?verify-key=k&verify-iss=i");
    GripKey key = GripKey.parse("k");
    Clock clock = Clock.systemUTC();
    Instant later = clock.instant().plusSeconds(60);

    assertThat(List.of(
            reason(GripSig.sign(key, "other", later), proxy, clock),
            reason(GripSig.sign(GripKey.parse("x"), "i", later), proxy, clock),
            reason(GripSig.sign(key, "i", Instant.EPOCH), proxy, clock)))
        .containsExactly(
            "issuer is not the configured one",
            "not a valid HS256 token",
            "expired at 1970-01-01T00:00:00Z");
  }

  private static String reason(String token, GripProxy proxy, Clock clock) {
    return ((GripSig.Invalid) GripSig.verify(token, List.of(proxy), clock)).detail();
  }

  @Test
  void causes_are_kept() {
    GripProxy nobody = GripProxy.parse("http://127.0.0.1:1");
    try (ProxyPublisher publisher =
        ProxyPublisher.create(nobody, PublishOptions.DEFAULT.withRetryFor(Duration.ZERO))) {
      assertThatThrownBy(() -> publisher.publish(Item.stream("a", "x")).get(10, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(PublishException.class)
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void an_interrupt_ends_the_wait_for_a_close_and_stays_set() {
    ProxyPublisher publisher = publisher(PublishOptions.DEFAULT);
    fake.pause();
    CompletableFuture<Void> item = publisher.publish(Item.stream("a", "x"));
    fake.takeRequest();
    Thread.currentThread().interrupt();

    publisher.close(Duration.ofMinutes(5));

    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(() -> item.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
  }

  @Test
  void a_token_is_renewed_before_it_expires() throws Exception {
    GripProxy proxy = GripProxy.parse(fake.controlUri() + "?iss=i&key=k");
    var now = new AtomicReference<>(Instant.now());
    InstantSource moved = now::get;
    Clock clock = moved.withZone(ZoneOffset.UTC);
    try (ProxyPublisher publisher =
        ProxyPublisher.create(proxy, PublishOptions.DEFAULT.withClock(clock))) {
      for (int i = 0; i < 3; i++) {
        publisher.publish(Item.stream("a", "x")).get(10, TimeUnit.SECONDS);
        String token = fake.takeRequest().header("authorization").substring("Bearer ".length());
        assertThat(GripSig.verify(token, List.of(proxy), clock))
            .isEqualTo(new GripSig.Valid(proxy));
        now.updateAndGet(time -> time.plusSeconds(3_500));
      }
    }
  }

  @Test
  void listeners_and_metrics_that_throw_break_nothing() throws Exception {
    PublishMetrics throwing = new PublishMetrics() {
      @Override
      public void published(GripProxy proxy, int items, int bytes, Duration took) {
        throw new IllegalStateException("expected by the test");
      }
    };
    try (ProxyPublisher publisher =
        publisher(PublishOptions.DEFAULT.withRequestsInFlight(1).withMetrics(throwing))) {
      for (int i = 0; i < 3; i++) {
        CompletableFuture<Void> item = publisher.publish(Item.stream("a", "x"));
        CompletableFuture<Void> listener = item.thenRun(() -> {
          throw new IllegalStateException("expected by the test");
        });
        item.get(10, TimeUnit.SECONDS);
        assertThat(listener.handle((ok, error) -> error).get(10, TimeUnit.SECONDS))
            .isNotNull();
      }
    }
    assertThat(fake.items()).hasSize(3);
  }

  @Test
  void an_error_in_metrics_is_the_end_of_no_queue() throws Exception {
    PublishMetrics broken = new PublishMetrics() {
      @Override
      public void published(GripProxy proxy, int items, int bytes, Duration took) {
        throw new NoClassDefFoundError("expected by the test");
      }
    };
    try (ProxyPublisher publisher =
        publisher(PublishOptions.DEFAULT.withRequestsInFlight(1).withMetrics(broken))) {
      publisher.publish(Item.stream("a", "1")).get(10, TimeUnit.SECONDS);
      publisher.publish(Item.stream("a", "2")).get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void every_item_of_many_threads_has_one_outcome() throws Exception {
    var outcomes = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    try (FakeProxy other = FakeProxy.start();
        Publisher publisher = Publisher.create(List.of(fake.proxy(), other.proxy()))) {
      for (int t = 0; t < 8; t++) {
        var thread = new Thread(() -> {
          for (int i = 0; i < 100; i++) {
            publisher
                .publish(Item.stream("c" + i % 5, "x"))
                .thenAccept(result -> outcomes.addAndGet(result.isOk() ? 1 : 1_000_000));
          }
        });
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      publisher.close(Duration.ofSeconds(20));
      assertThat(outcomes).hasValue(800);
      assertThat(other.items()).hasSize(800);
      assertThat(fake.items()).hasSize(800);
    }
  }

  @Test
  void a_server_that_never_answers_is_given_up() throws Exception {
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ProxyPublisher publisher = ProxyPublisher.create(
            GripProxy.parse("http://127.0.0.1:" + silent.getLocalPort()),
            PublishOptions.DEFAULT
                .withRetryFor(Duration.ZERO)
                .withRequestTimeout(Duration.ofMillis(200)))) {
      assertThatThrownBy(() -> publisher.publish(Item.stream("a", "x")).get(10, TimeUnit.SECONDS))
          .hasMessageMatching("(?s).*no answer: it did not answer in time.*");
    }
  }

  @Test
  void the_text_of_an_error_is_passed_on() {
    fake.answerNext(400, "Parse error: it is wrong");
    try (ProxyPublisher publisher = publisher(PublishOptions.DEFAULT)) {
      assertThatThrownBy(() -> publisher.publish(Item.stream("a", "x")).get(10, TimeUnit.SECONDS))
          .hasMessageContaining("answered 400: Parse error: it is wrong");
    }
  }

  @Test
  void credentials_do_not_follow_a_redirect_and_are_in_no_message() throws Exception {
    HttpServer redirecting =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    redirecting.createContext("/", exchange -> {
      exchange.getResponseHeaders().set("Location", fake.controlUri() + "/publish/");
      exchange.sendResponseHeaders(302, -1);
      exchange.close();
    });
    redirecting.start();
    GripProxy proxy = GripProxy.parse(
        "http://user:SECRET@127.0.0.1:" + redirecting.getAddress().getPort());
    try (ProxyPublisher publisher = ProxyPublisher.create(proxy)) {
      assertThatThrownBy(() -> publisher.publish(Item.stream("a", "x")).get(10, TimeUnit.SECONDS))
          .hasMessageContaining("a redirect that is not followed")
          .hasMessageNotContaining("SECRET");
      assertThat(publisher + " " + publisher.health() + proxy).doesNotContain("SECRET");
    } finally {
      redirecting.stop(0);
    }
    assertThat(fake.items()).isEmpty();
  }
}
