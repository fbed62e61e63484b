package io.gripstream.eventstream.javalin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.LocalKeyStore;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.javalin.config.JavalinConfig;
import io.javalin.http.UnauthorizedResponse;
import io.javalin.plugin.bundled.GlobalHeadersConfig.XFrameOptions;
import io.javalin.plugin.bundled.RateLimitPlugin;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams in an application that uses other parts of Javalin, directly and behind Pushpin. */
class BesideOtherPluginsIT {
  private static final String ORIGIN = "https://app.example";
  private static final String LARGE = "x".repeat(40_000);
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final List<Integer> PORTS = Ports.free(2);
  private static Pushpin pushpin;

  private final List<StreamMode> modes = Collections.synchronizedList(new ArrayList<>());

  @TempDir
  Path folder;

  @BeforeAll
  static void startProxy() {
    pushpin = Pushpin.builder()
        .handlerSetting("message_wait", "1000")
        .route("*,path_beg=/tls/ 127.0.0.1:" + PORTS.get(1) + ",ssl,insecure")
        .route("* 127.0.0.1:" + PORTS.get(0))
        .start();
  }

  @AfterAll
  static void stopProxy() {
    pushpin.close();
  }

  private StreamServer.Builder server(Consumer<JavalinConfig> javalin) {
    return StreamServer.builder()
        .port(PORTS.get(0))
        .javalin(javalin)
        .configure(config -> config
            .proxy(pushpin.gripUrl())
            .clock(Clock.systemUTC())
            .metrics(new StreamMetrics() {
              @Override
              public void opened(StreamMode mode, boolean resumed) {
                modes.add(mode);
              }
            }));
  }

  static Stream<Arguments> applications() {
    return Stream.of(
        application("handlers around everything, and a session", "", config -> {
          config.routes.before(ctx -> {
            ctx.sessionAttribute("seen", true);
            ctx.cookie("theme", "dark");
          });
          config.routes.after(ctx -> ctx.header("X-After", ctx.status().toString()));
          config.routes.exception(Exception.class, (e, ctx) -> ctx.status(500).result("mapped"));
          config.routes.error(404, ctx -> ctx.result("nothing here"));
          config.requestLogger.http((ctx, took) -> ctx.sessionAttribute("seen"));
        }),
        application("a context path", "/app", config -> config.router.contextPath = "/app"),
        application("another router, tags, types and buffers", "", config -> {
          config.router.caseInsensitiveRoutes = true;
          config.router.ignoreTrailingSlashes = false;
          config.router.treatMultipleSlashesAsSingleSlash = true;
          config.http.prefer405over404 = true;
          config.http.generateEtags = true;
          config.http.strictContentTypes = true;
          config.http.responseBufferSize = 512;
          config.http.asyncTimeout = 100;
          config.http.defaultContentType = "application/json";
        }),
        application("the plugins that come with Javalin", "", config -> {
          config.bundledPlugins.enableDevLogging();
          config.bundledPlugins.enableRouteOverview("/routes");
          config.bundledPlugins.enableGlobalHeaders(
              headers -> headers.xFrameOptions(XFrameOptions.DENY));
          config.bundledPlugins.enableRedirectToLowercasePaths();
        }));
  }

  private static Arguments application(
      String name, String context, Consumer<JavalinConfig> javalin) {
    return Arguments.of(name, context, javalin);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("applications")
  void streams_work_in_both_modes_beside(
      String name, String context, Consumer<JavalinConfig> javalin) {
    try (StreamServer server = server(javalin).start()) {
      expectStreams(server.events(), context + "/events", Map.of());
    }
  }

  /** It holds its kick channels through the proxy, so that it must know where it is served. */
  @Test
  void a_context_path_is_that_of_the_applications_own_streams_too() {
    Set<String> kept = ConcurrentHashMap.newKeySet();
    try (StreamServer server = server(config -> {
          config.router.contextPath = "/app";
          config.requestLogger.http((ctx, took) -> {
            if (ctx.path().contains("/~keep/")) {
              kept.add(ctx.status() + " " + ctx.path().replaceAll("[^/]*$", ""));
            }
          });
        })
        .configure(config -> config.proxy(GripProxy.parse(pushpin.gripUrl()), pushpin.uri()))
        .start()) {
      assertThat(server.port()).isEqualTo(PORTS.get(0));
      pushpin.awaitStream("/app/events?channel=ready");
      Eventually.eventually(() -> assertThat(kept).containsExactly("200 OK /app/events/~/~keep/"));
    }
  }

  @Test
  void streams_work_in_both_modes_on_virtual_threads() {
    // scripts/test runs this once more, on Java 21.
    assumeTrue(Runtime.version().feature() >= 21, "this Java has no virtual threads");
    try (StreamServer server =
        server(config -> config.concurrency.useVirtualThreads = true).start()) {
      expectStreams(server.events(), "/events", Map.of());
    }
  }

  @Test
  void cors_plugin_and_streams_name_an_origin_once() {
    try (StreamServer server = server(config ->
            config.bundledPlugins.enableCors(cors -> cors.addRule(rule -> rule.allowHost(ORIGIN))))
        .start()) {
      expectStreams(server.events(), "/events", Map.of("Origin", ORIGIN));
      for (URI uri : both("/events?channel=a")) {
        try (StreamClient client = StreamClient.open(uri, Map.of("Origin", ORIGIN))) {
          assertThat(client.header("access-control-allow-origin")).isEqualTo(ORIGIN);
        }
        try (StreamClient foreign =
            StreamClient.open(uri, Map.of("Origin", "https://other.example"))) {
          assertThat(foreign.header("access-control-allow-origin")).isNull();
        }
        try (StreamClient preflight = StreamClient.request(
            "OPTIONS",
            uri,
            Map.of(
                "Origin",
                ORIGIN,
                "Access-Control-Request-Method",
                "GET",
                "Access-Control-Request-Headers",
                "Last-Event-ID"))) {
          assertThat(preflight.status()).isBetween(200, 204);
          assertThat(preflight.header("access-control-allow-origin")).isEqualTo(ORIGIN);
          assertThat(preflight.header("access-control-allow-headers"))
              .containsIgnoringCase("Last-Event-ID");
        }
      }
    }
  }

  @Test
  void a_rate_limiter_refuses_new_streams_and_leaves_follow_ups_alone() {
    AtomicReference<@Nullable EventStream> events = new AtomicReference<>();
    try (StreamServer server = server(config -> {
          config.registerPlugin(new RateLimitPlugin(limits -> {}));
          config.routes.before(ctx -> {
            EventStream stream = events.get();
            if (stream != null
                && !stream.isFollowUp(JavalinRequests.of(ctx))
                && !"ready".equals(ctx.queryParam("channel"))) {
              ctx.with(RateLimitPlugin.class).requestPerTimeUnit(6, TimeUnit.HOURS);
            }
          });
        })
        .start()) {
      pushpin.awaitStream("/events?channel=ready");
      events.set(server.events());
      // Six streams; the large ones come with follow-ups.
      expectStreams(server.events(), "/events", Map.of());
      for (URI uri : both("/events?channel=a")) {
        try (StreamClient client = StreamClient.open(uri, Map.of())) {
          assertThat(client.status()).isEqualTo(429);
        }
      }
    }
  }

  @Test
  void a_login_lets_follow_ups_pass_and_an_after_handler_can_take_a_stream_away() {
    AtomicReference<@Nullable EventStream> events = new AtomicReference<>();
    try (StreamServer server = server(config -> {
          config.routes.before(ctx -> {
            EventStream stream = events.get();
            if (stream != null
                && !stream.isFollowUp(JavalinRequests.of(ctx))
                && !"ready".equals(ctx.queryParam("channel"))
                && ctx.header("X-User") == null) {
              throw new UnauthorizedResponse();
            }
          });
          config.routes.after(ctx -> {
            if (ctx.queryParam("away") != null) {
              ctx.status(403).result("away");
            }
          });
        })
        .start()) {
      pushpin.awaitStream("/events?channel=ready");
      events.set(server.events());
      expectStreams(server.events(), "/events", Map.of("X-User", "bob"));
      for (URI uri : both("/events?channel=a")) {
        try (StreamClient client = StreamClient.open(uri, Map.of())) {
          assertThat(client.status()).isEqualTo(401);
        }
      }
      try (StreamClient client =
          StreamClient.open(server.uri("/events?channel=a&away=1"), Map.of("X-User", "bob"))) {
        assertThat(client.status()).isEqualTo(403);
      }
      assertThat(server.events().status().streams()).isZero();
    }
  }

  /** Pushpin passes them on as they are, where its route has no {@code over_http}. */
  @ParameterizedTest
  @MethodSource(PushpinVersion.CHOSEN)
  void web_sockets_go_on_beside_streams(PushpinVersion version) throws Exception {
    try (Pushpin proxy = Pushpin.builder()
            .version(version)
            .route("* 127.0.0.1:" + PORTS.get(0))
            .start();
        StreamServer server = server(config -> config.routes.ws("/socket", socket -> {
              socket.onMessage(ctx -> ctx.send("echo " + ctx.message()));
              socket.onBinaryMessage(
                  ctx -> ctx.closeSession(4000, "bytes: " + ctx.data().remaining()));
            }))
            .configure(config -> config.proxy(proxy.gripUrl()))
            .start()) {
      proxy.awaitStream("/events?channel=ready");
      for (URI door : List.of(server.uri("/"), proxy.uri())) {
        try (StreamClient client = StreamClient.open(door.resolve("/events?channel=a"))) {
          client.expectOpen();
          assertThat(conversation(door.resolve("/socket")))
              .containsExactly("echo one", "echo " + LARGE, "4000 bytes: 3");
          server.events().send("a", "m", "x");
          client.expectEvent("x");
        }
      }
    }
  }

  /** As a browser, OkHttp offers compression; Java's own client of 17 stumbles over Pushpin. */
  private static List<String> conversation(URI uri) throws Exception {
    CompletableFuture<List<String>> heard = new CompletableFuture<>();
    OkHttpClient http = new OkHttpClient();
    WebSocket socket = http.newWebSocket(
        new Request.Builder().url(uri.toString()).build(), new WebSocketListener() {
          private final List<String> all = new ArrayList<>();

          @Override
          public void onMessage(WebSocket from, String text) {
            all.add(text);
            if (all.size() == 2) {
              from.send(ByteString.of((byte) 1, (byte) 2, (byte) 3));
            }
          }

          @Override
          public void onClosing(WebSocket from, int code, String reason) {
            all.add(code + " " + reason);
            from.close(code, null);
            heard.complete(all);
          }

          @Override
          public void onFailure(WebSocket from, Throwable cause, @Nullable Response answer) {
            heard.completeExceptionally(cause);
          }
        });
    socket.send("one");
    socket.send(LARGE);
    try {
      return heard.get(10, TimeUnit.SECONDS);
    } finally {
      socket.cancel();
      http.dispatcher().executorService().shutdown();
    }
  }

  /** There is no {@code javalin-ssl} for Javalin 7; {@link DirectServer#addTlsConnector} is it. */
  @Test
  void streams_work_over_tls_with_http_2_and_behind_a_proxy_that_speaks_tls() throws Exception {
    KeyStore keys = LocalKeyStore.create(folder);
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setKeyStore(keys);
    factory.setKeyStorePassword(LocalKeyStore.PASSWORD);
    try (StreamServer server = server(config -> {
          DirectServer.addTlsConnector(config.jetty, "127.0.0.1", PORTS.get(1), factory);
          config.jetty.addConnector((jetty, http) -> {
            var plain = new ServerConnector(jetty);
            plain.setHost("127.0.0.1");
            plain.setPort(PORTS.get(0));
            return plain;
          });
        })
        .routes(routes -> routes.queryParam("/tls/events").queryParam("/events"))
        .start()) {
      expectStreams(server.events(), "/tls/events", Map.of());
      SSLContext tls = SSLContext.getInstance("TLS");
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(keys);
      tls.init(null, trust.getTrustManagers(), null);
      HttpResponse<InputStream> stream = HttpClient.newBuilder()
          .sslContext(tls)
          .build()
          .send(
              HttpRequest.newBuilder(
                      URI.create("https://localhost:" + PORTS.get(1) + "/tls/events?channel=a"))
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(stream.version()).isEqualTo(HttpClient.Version.HTTP_2);
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
        while (!"event: stream-open".equals(lines.readLine())) {
          // The time limit of the test is the deadline.
        }
        server.events().send("a", "m", "over TLS");
        while (!"data: over TLS".equals(lines.readLine())) {
          // As above.
        }
      }
    }
  }

  /** Three streams each, direct and through Pushpin: live, resumed, and in several pages. */
  private void expectStreams(EventStream events, String path, Map<String, String> headers) {
    pushpin.awaitStream(path + "?channel=ready");
    modes.clear();
    for (URI base : both(path)) {
      String channel = "c" + COUNT.incrementAndGet();
      URI uri = URI.create(base + "?channel=" + channel);
      String last;
      try (StreamClient client = StreamClient.open(uri, headers)) {
        client.expectOpen();
        assertThat(client.status()).isEqualTo(200);
        assertThat(client.header("content-type")).startsWith("text/event-stream");
        events.send(channel, "m", LARGE + 1);
        client.expectEvent(LARGE + 1);
        last = String.valueOf(client.lastId());
      }
      events.send(channel, "m", LARGE + 2);
      events.send(channel, "m", LARGE + 3);
      try (StreamClient client = StreamClient.open(uri, with(headers, last))) {
        client.expectOpen().expectEvents(List.of(LARGE + 2, LARGE + 3));
      }
      try (StreamClient client = StreamClient.open(uri, with(headers, "earliest"))) {
        client.expectOpen().expectEvents(List.of(LARGE + 1, LARGE + 2, LARGE + 3));
        events.send(channel, "m", "live");
        client.expectEvent("live");
      }
    }
    assertThat(modes)
        .containsExactly(
            StreamMode.DIRECT,
            StreamMode.DIRECT,
            StreamMode.DIRECT,
            StreamMode.PROXIED,
            StreamMode.PROXIED,
            StreamMode.PROXIED);
  }

  private static Map<String, String> with(Map<String, String> headers, String lastEventId) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Last-Event-ID", lastEventId);
    return all;
  }

  private static List<URI> both(String path) {
    return List.of(
        URI.create("http://127.0.0.1:" + PORTS.get(0) + path), pushpin.uri().resolve(path));
  }
}
