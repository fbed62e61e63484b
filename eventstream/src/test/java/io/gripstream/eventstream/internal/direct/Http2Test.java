package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.LocalKeyStore;
import io.gripstream.eventstream.javalin.DirectServer;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.testtools.Logged;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Http2Test {

  @TempDir
  private Path folder;

  @Test
  void many_streams_share_a_connection_without_tls() throws IOException {
    OkHttpClient client =
        client().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    List<Response> streams = new ArrayList<>();
    try (BareServer server = BareServer.start()) {
      for (int i = 0; i < 50; i++) {
        streams.add(open(client, "http://127.0.0.1:" + server.port() + "/events?channel=a"));
      }
      server.awaitCount(50);
      BareServer.await("probed", () -> Probes.areSetWithin(server.port(), 20));
      server.send("a", "x".repeat(50_000));
      server.send("a", "the end");

      for (Response stream : streams) {
        assertThat(stream.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
        awaitLine(stream.body().source(), "data: the end");
      }
      assertThat(client.connectionPool().connectionCount()).isEqualTo(1);

      streams.get(0).close();
      server.awaitCount(49);
      server.streams().drain();
      String rest = streams.get(1).body().source().readUtf8();
      assertThat(rest).contains("\"condition\":\"shutdown\"").containsPattern("retry: \\d+\n\n$");
      server.awaitCount(0);
    } finally {
      streams.forEach(Response::close);
      close(client);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void streams_work_over_tls(Protocol protocol) throws Exception {
    KeyStore keys = LocalKeyStore.create(folder);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(keys);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    List<Protocol> protocols = protocol == Protocol.HTTP_2
        ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1)
        : List.of(Protocol.HTTP_1_1);
    OkHttpClient client = client()
        .protocols(protocols)
        .sslSocketFactory(tls.getSocketFactory(), (X509TrustManager) trust.getTrustManagers()[0])
        .build();
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setKeyStore(keys);
    factory.setKeyStorePassword(LocalKeyStore.PASSWORD);
    try (BareServer server = BareServer.start(
        EventStores.memory(),
        DirectOptions.DEFAULT,
        config -> DirectServer.addTlsConnector(config.jetty, "127.0.0.1", 0, factory))) {
      try (Response stream =
          open(client, "https://localhost:" + server.port() + "/events?channel=a")) {
        assertThat(stream.protocol()).isEqualTo(protocol);
        BufferedSource source = stream.body().source();
        awaitLine(source, "event: stream-open");
        BareServer.await("probed", () -> Probes.areSetWithin(server.port(), 20));
        for (int i = 0; i < 200; i++) {
          server.send("a", i + "x".repeat(5_000));
        }
        server.send("a", "the end");
        awaitLine(source, "data: the end");
      }
      server.awaitCount(0);
      try (Response stream =
          open(client, "https://localhost:" + server.port() + "/events?channel=a")) {
        server.awaitCount(1);
        server.streams().drain();
        assertThat(stream.body().source().readUtf8()).containsPattern("retry: \\d+\n\n$");
      }
    } finally {
      close(client);
    }
  }

  @Test
  void streams_that_leave_or_are_cut_are_no_errors_and_take_no_seat() throws IOException {
    OkHttpClient client =
        client().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    DirectOptions hasty = DirectOptions.DEFAULT.withWriteTimeout(Duration.ofMillis(300));
    try (BareServer server = BareServer.start();
        BareServer strict = BareServer.start(hasty)) {
      String log = Logged.during(() -> {
        for (int i = 0; i < 20; i++) {
          try (Response stream = open(client, url(server))) {
            awaitLine(stream.body().source(), "event: stream-open");
          }
        }
        server.awaitCount(0);
        try (Response stalled = open(client, url(strict))) {
          strict.awaitCount(1);
          String large = "x".repeat(200_000);
          for (int i = 0; i < 90; i++) {
            strict.send("a", large);
          }
          strict.awaitCount(0);
          assertThat(stalled.code()).isEqualTo(200);
        }
      });

      assertThat(log).isEmpty();
    } finally {
      close(client);
    }
  }

  @Test
  void handler_that_fails_after_it_opened_a_stream_answers_and_takes_no_seat() throws IOException {
    OkHttpClient client =
        client().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    try (BareServer server =
        BareServer.start(EventStores.memory(), DirectOptions.DEFAULT, config -> {
          config.routes.before("/events", ctx -> ctx.attribute("fail", true));
        })) {
      String url = "http://127.0.0.1:" + server.port() + "/events?channel=a";
      try (Response failed = open(client, url)) {
        assertThat(failed.code()).isEqualTo(500);
      }
      server.awaitCount(0);
    } finally {
      close(client);
    }
  }

  @Test
  void after_handlers_of_a_stream_that_ended_hold_up_no_other() throws Exception {
    OkHttpClient client =
        client().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    CountDownLatch isOver = new CountDownLatch(1);
    CountDownLatch isReached = new CountDownLatch(1);
    try (BareServer server =
            BareServer.start(EventStores.memory(), DirectOptions.DEFAULT, config -> {
              config.routes.after("/events", ctx -> {
                if ("me".equals(ctx.queryParam("user"))) {
                  isReached.countDown();
                  isOver.await(20, TimeUnit.SECONDS);
                }
              });
            });
        SocketClient other = SocketClient.get(server.port(), "/events?channel=a")) {
      String url = "http://127.0.0.1:" + server.port() + "/events?channel=a";
      try (Response mine = open(client, url + "&user=me")) {
        server.awaitCount(2);
        server.streams().end("me", "a");
        assertThat(isReached.await(10, TimeUnit.SECONDS)).isTrue();
        server.send("a", "still flowing");
        other.await("data: still flowing");

        assertThat(isOver.getCount()).isEqualTo(1);
        isOver.countDown();
        assertThat(mine.body().string()).contains("forbidden");
      }
    } finally {
      isOver.countDown();
      close(client);
    }
  }

  @Test
  void client_that_takes_little_at_a_time_is_not_cut() throws IOException {
    CountedTime time = new CountedTime();
    DirectOptions hasty =
        DirectOptions.DEFAULT.withWriteTimeout(Duration.ofMillis(300)).withFanOutThreads(1);
    DirectSettings settings = new DirectSettings(
        hasty,
        Duration.ofSeconds(20),
        time.withZone(ZoneOffset.UTC),
        RandomGenerator.getDefault(),
        time::nanos);
    try (BareServer server = BareServer.start(settings)) {
      try (NarrowHttp2Client narrow =
          NarrowHttp2Client.get(server.port(), "/events?channel=a", 1_000)) {
        server.awaitCount(1);
        narrow.await("stream-open", 20_000, () -> {});
        for (int i = 0; i < 2; i++) {
          server.send("a", i + "x".repeat(100_000));
        }
        server.send("a", "the end");

        narrow.await("data: the end", 20_000, () -> time.pass(Duration.ofMillis(200)));
        assertThat(time.nanos()).isGreaterThan(5 * hasty.writeTimeout().toNanos());
      }
      // A stop would wait for a stream whose end is not noticed yet, and time stands still here.
      server.awaitCount(0);
    }
  }

  /** Counts how often the loop looks at all its streams: it asks for the time then. */
  private static final class CountedTime implements InstantSource {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong looks = new AtomicLong();

    long nanos() {
      return nanos.get();
    }

    /** Lets time pass, until the loop has looked at its streams after it. */
    void pass(Duration time) {
      nanos.addAndGet(time.toNanos());
      long before = looks.get();
      BareServer.await("the loop looks twice", () -> looks.get() > before + 1);
    }

    @Override
    public Instant instant() {
      looks.incrementAndGet();
      return Instant.now();
    }
  }

  @Test
  void stream_that_is_left_when_jetty_has_stopped_is_no_error() throws IOException {
    HeldTime time = new HeldTime();
    BareServer server = BareServer.start(DirectSettings.of(
        DirectOptions.DEFAULT.withFanOutThreads(1),
        Duration.ofSeconds(20),
        time.withZone(ZoneOffset.UTC)));
    NarrowHttp2Client stalled = NarrowHttp2Client.get(server.port(), "/events?channel=a", 100);
    try {
      server.awaitCount(1);
      server.streams().drain();
      assertThat(server.streams().count()).isEqualTo(1);

      String log = Logged.during(() -> {
        time.hold();
        server.app().stop();
        time.release();
        server.awaitCount(0);
      });

      assertThat(log).isEmpty();
    } finally {
      time.release();
      server.close();
      stalled.close();
    }
  }

  /** Makes the loop wait: it asks for the time when it looks at all its streams. */
  private static final class HeldTime implements InstantSource {
    private final AtomicBoolean holds = new AtomicBoolean();
    private final CountDownLatch isHeld = new CountDownLatch(1);
    private final CountDownLatch isReleased = new CountDownLatch(1);

    void hold() {
      holds.set(true);
      Eventually.happens(isHeld);
    }

    void release() {
      isReleased.countDown();
    }

    @Override
    public Instant instant() {
      if (holds.compareAndSet(true, false)) {
        isHeld.countDown();
        Eventually.happens(isReleased);
      }
      return Instant.now();
    }
  }

  @Test
  void slow_http2_client_loses_nothing_and_delays_no_other() throws IOException {
    OkHttpClient client =
        client().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    DirectOptions tight = DirectOptions.DEFAULT.withMaxQueuedBytes(50_000);
    try (BareServer server = BareServer.start(tight);
        Response slow = open(client, "http://127.0.0.1:" + server.port() + "/events?channel=a");
        SocketClient good = SocketClient.get(server.port(), "/events?channel=a")) {
      server.awaitCount(2);
      // More than OkHttp takes without being read: its window for one stream is 16 MiB.
      String large = "x".repeat(100_000);
      for (int i = 0; i < 220; i++) {
        server.send("a", i + " " + large);
      }
      server.send("a", "the end");
      good.await("data: the end");

      BufferedSource source = slow.body().source();
      for (int i = 0; i < 220; i++) {
        awaitLine(source, "data: " + i + " " + large);
      }
      awaitLine(source, "data: the end");
    } finally {
      close(client);
    }
  }

  private static OkHttpClient.Builder client() {
    return new OkHttpClient.Builder().readTimeout(Duration.ofSeconds(10));
  }

  private static String url(BareServer server) {
    return "http://127.0.0.1:" + server.port() + "/events?channel=a";
  }

  private static Response open(OkHttpClient client, String url) throws IOException {
    return client.newCall(new Request.Builder().url(url).build()).execute();
  }

  private static void awaitLine(BufferedSource source, String line) throws IOException {
    while (!source.readUtf8LineStrict().equals(line)) {
      // The read time-out is the deadline.
    }
  }

  private static void close(OkHttpClient client) {
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }
}
