package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.SessionEnd;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.StreamSession;
import io.gripstream.eventstream.internal.feed.Sessions;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.javalin.JavalinRequests;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.testkit.FakeProxy;
import io.gripstream.testtools.Logged;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opened and closed streams, as the application learns of them. No proxy has a key here, so a
 * request from loopback with any {@code Grip-Sig} is a proxy's.
 */
class SessionsTest {
  private static final Pattern GONE = Pattern.compile("<([^>]*)>; rel=gone");
  private static final String NEW_PUSHPIN = "status, link:next, link:gone";

  private record Call(StreamSession session, @Nullable SessionEnd end) {
    SessionEnd.@Nullable Reason reason() {
      return end == null ? null : end.reason();
    }
  }

  @TempDir
  Path directory;

  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final FakeProxy proxy = FakeProxy.start();
  private final List<StreamServer> servers = new ArrayList<>();
  private volatile boolean mayRead = true;

  @AfterEach
  void stop() {
    servers.forEach(StreamServer::close);
    proxy.close();
  }

  private void settings(EventStreamConfig config) {
    config
        .proxy(proxy.controlUri().toString())
        .user(request -> request.header("X-User"))
        .expiry(request ->
            request.header("X-Until") == null ? null : Instant.parse(request.header("X-Until")))
        .channelManager(new ChannelManager() {
          @Override
          public boolean canRead(@Nullable String user, String channel) {
            return mayRead;
          }
        })
        .onOpen(session -> calls.add(new Call(session, null)))
        .onClose((session, end) -> calls.add(new Call(session, end)));
  }

  private StreamServer.Builder shared() {
    return StreamServer.builder()
        .store(EventStores.sqlite(directory.resolve("events.db")))
        .configure(this::settings);
  }

  private StreamServer start(StreamServer.Builder builder) {
    StreamServer server = builder.start();
    servers.add(server);
    return server;
  }

  private Call next() throws InterruptedException {
    Call call = calls.poll(10, TimeUnit.SECONDS);
    assertThat(call).as("a call").isNotNull();
    return call;
  }

  private static Map<String, String> through(String features) {
    return Map.of("Grip-Sig", "any", "Grip-Feature", features, "X-User", "alice");
  }

  private static @Nullable String goneLink(StreamClient client) {
    Matcher link = GONE.matcher(String.valueOf(client.header("grip-link")));
    return link.find() ? link.group(1) : null;
  }

  private static String nextLink(StreamClient client) {
    return String.valueOf(client.header("grip-link")).replaceAll(".*<([^>]*)>; rel=next.*", "$1");
  }

  private static int post(URI uri, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void the_end_of_a_direct_stream_is_reported_with_its_reason() throws Exception {
    StreamServer server = start(shared());
    Map<String, String> alice = Map.of("X-User", "alice");
    StreamSession opened;
    try (StreamClient client =
        StreamClient.open(server.uri("/events?channel=b&channel=a"), alice)) {
      client.expectOpen();
      opened = next().session();
      assertThat(opened.user()).isEqualTo("alice");
      assertThat(opened.channels()).containsExactly("a", "b");
      assertThat(opened.mode()).isEqualTo(StreamMode.DIRECT);
    }
    Call closed = next();
    assertThat(closed.session()).usingRecursiveComparison().isEqualTo(opened);
    assertThat(closed.reason()).isEqualTo(SessionEnd.Reason.CLIENT);

    StreamClient.open(server.uri("/events/a"), alice).expectOpen();
    next();
    mayRead = false;
    server.events().permissionChanged("alice");
    assertThat(next().reason()).isEqualTo(SessionEnd.Reason.FORBIDDEN);
    mayRead = true;

    String until = server.clock().instant().plusSeconds(60).toString();
    StreamClient.open(server.uri("/events/a"), Map.of("X-Until", until)).expectOpen();
    assertThat(next().session().user()).isNull();
    server.clock().advance(Duration.ofMinutes(2));
    assertThat(next().reason()).isEqualTo(SessionEnd.Reason.TOKEN_EXPIRED);

    StreamClient.open(server.uri("/events/a"), Map.of()).expectOpen();
    next();
    server.close();
    assertThat(next().reason()).isEqualTo(SessionEnd.Reason.SHUTDOWN);
    assertThat(calls).isEmpty();
  }

  @Test
  void streams_of_a_proxy_have_a_gone_link_each_and_share_follow_ups() throws Exception {
    StreamServer server = start(shared());
    URI uri = server.uri("/events/a");
    try (StreamClient one = StreamClient.open(uri, through(NEW_PUSHPIN));
        StreamClient other = StreamClient.open(uri, through(NEW_PUSHPIN));
        StreamClient old = StreamClient.open(uri, through("status, link:next"))) {
      assertThat(goneLink(one)).startsWith("./a/~gone/").isNotEqualTo(goneLink(other));
      assertThat(nextLink(one)).startsWith("./a/~next/").isEqualTo(nextLink(other));
      assertThat(goneLink(old)).as("of Pushpin 1.36").isNull();
      assertThat(next().session().mode()).isEqualTo(StreamMode.PROXIED);
      assertThat(next().session().channels()).containsExactly("a");
      next();
    }
    assertThat(calls).as("a proxy holds them").isEmpty();
  }

  @Test
  void any_instance_hears_of_an_end_once() throws Exception {
    StreamServer one = start(shared());
    StreamServer other = start(shared());
    try (StreamClient client = StreamClient.open(one.uri("/events/a"), through(NEW_PUSHPIN))) {
      StreamSession opened = next().session();
      URI link = other.uri("/events/a").resolve(goneLink(client));
      assertThat(post(link, "Grip-Sig", "any")).isEqualTo(200);
      Call closed = next();
      assertThat(closed.session().id()).isEqualTo(opened.id());
      assertThat(closed.session().user()).isEqualTo("alice");
      assertThat(closed.reason()).isEqualTo(SessionEnd.Reason.UNKNOWN);
      assertThat(post(link, "Grip-Sig", "any")).as("sent twice").isEqualTo(200);
      other.events().close();
      assertThat(calls).isEmpty();
    }
  }

  @Test
  void strangers_cannot_tell_the_end_of_a_stream() throws Exception {
    StreamServer server = start(shared());
    List<Boolean> followUps = new ArrayList<>();
    StreamServer guarded = start(shared()
        .javalin(config -> config.routes.before(
            ctx -> followUps.add(servers.get(1).events().isFollowUp(JavalinRequests.of(ctx))))));
    try (StreamClient client = StreamClient.open(server.uri("/events/a"), through(NEW_PUSHPIN))) {
      next();
      String link = String.valueOf(goneLink(client));
      URI gone = guarded.uri("/events/a").resolve(link);
      String token = link.substring(link.lastIndexOf('/') + 1);
      String next = nextLink(client).substring(nextLink(client).lastIndexOf('/') + 1);
      char last = token.charAt(token.length() - 2);
      String forged = token.substring(0, token.length() - 2) + (last == 'A' ? 'B' : 'A') + "A";

      assertThat(post(gone)).as("not from a proxy").isEqualTo(404);
      assertThat(post(gone, "Grip-Sig", "any", "Cookie", "a=b")).isEqualTo(404);
      assertThat(post(gone, "Grip-Sig", "any", "Authorization", "Bearer x")).isEqualTo(404);
      assertThat(post(guarded.uri("/events/a/~gone/" + forged), "Grip-Sig", "any"))
          .isEqualTo(404);
      assertThat(post(guarded.uri("/events/a/~gone/" + next), "Grip-Sig", "any"))
          .isEqualTo(404);
      assertThat(post(guarded.uri("/events/a/~gone/x"), "Grip-Sig", "any")).isEqualTo(404);
      assertThat(followUps).containsExactly(false, true, true, false, false, false);
      try (StreamClient swapped =
          StreamClient.open(guarded.uri("/events/a/~next/" + token), Map.of("Grip-Sig", "any"))) {
        assertThat(swapped.header("grip-hold")).as("no follow-up").isNull();
      }
      try (StreamClient read = StreamClient.open(gone, Map.of("Grip-Sig", "any"))) {
        assertThat(read.status()).isEqualTo(404);
      }
      assertThat(calls).isEmpty();
      assertThat(post(gone, "Grip-Sig", "any")).isEqualTo(200);
      next();
    }
  }

  @Test
  void without_the_callback_there_is_no_link_and_nothing_to_post_to() throws Exception {
    StreamServer server = start(StreamServer.builder()
        .configure(config -> config.proxy(proxy.controlUri().toString())));
    try (StreamClient client = StreamClient.open(server.uri("/events/a"), through(NEW_PUSHPIN))) {
      assertThat(goneLink(client)).isNull();
    }
    assertThat(post(server.uri("/events/a/~gone/x"), "Grip-Sig", "any")).isEqualTo(404);
  }

  /** Rather no link than no stream. */
  @Test
  void a_stream_with_very_long_names_has_no_gone_link() throws Exception {
    StreamServer server = start(StreamServer.builder().withoutStore().configure(this::settings));
    StringBuilder path = new StringBuilder("/events?");
    IntStream.range(0, 10)
        .forEach(i -> path.append("&channel=").append("n".repeat(190)).append(i));
    try (StreamClient client =
        StreamClient.open(server.uri(path.toString()), through(NEW_PUSHPIN))) {
      assertThat(client.status()).isEqualTo(200);
      assertThat(goneLink(client)).isNull();
      next();
    }
    try (StreamClient client =
        StreamClient.open(server.uri(path.toString()), Map.of("X-User", "alice"))) {
      client.expectOpen();
      next();
    }
    next();
  }

  @Test
  void exception_of_a_callback_is_only_logged_and_counted() throws IOException {
    AtomicInteger failed = new AtomicInteger();
    String log = Logged.during(() -> {
      try (StreamServer server = StreamServer.start(config -> config
              .metrics(new StreamMetrics() {
                @Override
                public void sessionFailed() {
                  failed.incrementAndGet();
                }
              })
              .onOpen(session -> {
                throw new IllegalStateException("of the application");
              })
              .onClose((session, end) -> {
                throw new StackOverflowError();
              }));
          StreamClient client = server.open("/events/a")) {
        client.expectOpen();
        server.events().send("a", "m", "x");
        client.expectEvent("x");
      }
    });
    assertThat(failed).hasValue(2);
    assertThat(log).contains("onOpen of the application threw").contains("of the application");
  }

  @Test
  void calls_beyond_a_full_queue_are_dropped_and_counted_with_one_line() throws IOException {
    AtomicInteger dropped = new AtomicInteger();
    AtomicInteger called = new AtomicInteger();
    CountDownLatch isBusy = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    StreamMetrics metrics = new StreamMetrics() {
      @Override
      public void sessionDropped() {
        dropped.incrementAndGet();
      }
    };
    String log = Logged.during(() -> {
      try (Sessions sessions = new Sessions(
          session -> {
            isBusy.countDown();
            Eventually.happens(mayGoOn);
            called.incrementAndGet();
          },
          null,
          metrics,
          Clock.systemUTC())) {
        StreamSession session = sessions.of(
            new Subscription(null, List.of("a"), List.of(), false, null), StreamMode.DIRECT);
        assertThat(session).isNotNull();
        sessions.opened(session);
        Eventually.happens(isBusy);
        IntStream.range(0, 20_100).forEach(i -> sessions.opened(session));
        mayGoOn.countDown();
      }
    });
    assertThat(dropped).hasValue(100);
    assertThat(called).hasValue(20_001);
    assertThat(Arrays.stream(log.split("\n")).filter(line -> line.contains("is dropped")))
        .hasSize(1);
  }
}
