package io.gripstream.grip.javalin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.grip.Channel;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.internal.jetty.IdleFence;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.PublishOptions;
import io.gripstream.grip.publish.Publisher;
import io.gripstream.grip.testkit.FakeProxy;
import io.gripstream.grip.testkit.FakeWebSocket;
import io.gripstream.grip.testkit.HeldResponse;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.websocket.WebSocketEvent;
import io.gripstream.grip.websocket.WebSocketEvents;
import io.gripstream.grip.websocket.WebSocketMessage;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.UnauthorizedResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GripPluginTest {

  private final OkHttpClient http = new OkHttpClient();
  private final URI origin = URI.create("http://127.0.0.1:" + Ports.free(1).get(0));
  private final FakeProxy proxy = FakeProxy.inFrontOf(origin);
  private final List<AutoCloseable> opened = new ArrayList<>();

  private GripPlugin start(Consumer<GripConfig> grip, Consumer<RoutesConfig> routes) {
    return startBehind(config -> grip.accept(config.proxy(proxy.proxy())), routes);
  }

  /** With the proxies of these settings only. */
  private GripPlugin startBehind(Consumer<GripConfig> grip, Consumer<RoutesConfig> routes) {
    return startApplication(grip, config -> routes.accept(config.routes));
  }

  private GripPlugin startApplication(
      Consumer<GripConfig> grip, Consumer<JavalinConfig> application) {
    var plugin = new GripPlugin(grip);
    Javalin app = Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.registerPlugin(plugin);
      application.accept(config);
    });
    app.start("127.0.0.1", origin.getPort());
    opened.add(app::stop);
    return plugin;
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(0, resource);
    return resource;
  }

  private HeldResponse proxied(String path) {
    return open(HeldResponse.get(proxy.uri().resolve(path)));
  }

  private HeldResponse direct(String path, String... headers) {
    return open(HeldResponse.get(origin.resolve(path), headers));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    proxy.close();
  }

  @Test
  void holds_a_stream_and_publishes_to_it() {
    start(grip -> grip.gripPrefix("p-"), routes -> {
      routes.get("/stream", ctx -> {
        Grip.of(ctx).answerWith(Instruct.stream().channel("a").build());
        ctx.header("X-Proxied", String.valueOf(Grip.of(ctx).isProxied())).result("open ");
      });
      routes.post(
          "/publish",
          ctx -> Grip.of(ctx)
              .publisher()
              .publishAndWait(Item.stream("a", ctx.body()))
              .orThrow());
    });
    HeldResponse client = proxied("/stream").awaitText("open ");
    proxy.awaitSubscribers("p-a", 1);

    post(origin.resolve("/publish"), "text/plain", "hällo");

    client.awaitText("open hällo");
    assertThat(client.header("X-Proxied")).isEqualTo("true");
  }

  private int post(URI uri, String type, String body) {
    var request = new Request.Builder()
        .url(uri.toString())
        // As bytes: text gets a charset.
        .post(RequestBody.create(body.getBytes(StandardCharsets.UTF_8), MediaType.get(type)))
        .build();
    try (Response response = http.newCall(request).execute()) {
      return response.code();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void without_proxy_the_answer_goes_out_as_it_is() {
    start(
        grip -> {},
        routes -> routes.get("/stream", ctx -> {
          Grip.of(ctx).answerWith(Instruct.stream().channel("a").build());
          ctx.result("direct " + Grip.of(ctx).isProxied());
        }));

    HeldResponse client = direct("/stream", "Grip-Sig", "forged");

    assertThat(client.awaitEnd()).isEqualTo("direct false");
    assertThat(client.header("Grip-Hold")).isNull();
  }

  @Test
  void without_a_required_proxy_an_instruct_is_not_implemented() {
    start(grip -> grip.requireProxy(), routes -> {
      routes.get(
          "/stream",
          ctx -> Grip.of(ctx).answerWith(Instruct.stream().channel("a").build()));
      routes.get("/plain", ctx -> ctx.result("fine"));
    });

    HeldResponse client = direct("/stream");
    assertThat(client.awaitEnd()).isEqualTo("Not Implemented\n");
    assertThat(client.status()).isEqualTo(501);
    assertThat(direct("/plain").status()).isEqualTo(200);
    assertThat(proxied("/stream").status()).isEqualTo(200);
  }

  @Test
  void loopback_is_trusted_by_default() {
    GripProxy keyless = GripProxy.parse(proxy.controlUri().toString());
    startBehind(
        grip -> grip.proxy(keyless),
        routes -> routes.get("/", ctx -> ctx.result(String.valueOf(Grip.of(ctx).isProxied()))));

    assertThat(direct("/", "Grip-Sig", "x").awaitEnd()).isEqualTo("true");
  }

  /** A client writes the header as it likes. */
  @Test
  void peer_is_the_end_of_the_connection_despite_forwarded_headers() {
    GripProxy keyless = GripProxy.parse(proxy.controlUri().toString());
    startApplication(grip -> grip.proxy(keyless), config -> {
      config.jetty.modifyHttpConfiguration(
          http -> http.addCustomizer(new ForwardedRequestCustomizer()));
      config.routes.get("/", ctx -> ctx.result(ctx.ip() + " " + Grip.of(ctx).isProxied()));
    });

    HeldResponse client = direct("/", "Grip-Sig", "x", "X-Forwarded-For", "198.51.100.7");

    assertThat(client.awaitEnd()).isEqualTo("198.51.100.7 true");
  }

  @Test
  void a_304_waits_with_its_headers() {
    start(
        grip -> {},
        routes -> routes.get("/poll", ctx -> {
          Grip.of(ctx)
              .answerWith(Instruct.response()
                  .channel("a")
                  .timeout(Duration.ofSeconds(5))
                  .build());
          ctx.header("ETag", "\"1\"").status(304);
        }));

    HeldResponse client = proxied("/poll");

    assertThat(client.awaitEnd()).isEmpty();
    assertThat(client.status()).isEqualTo(304);
    assertThat(client.header("ETag")).isEqualTo("\"1\"");
  }

  @Test
  void values_that_headers_cannot_carry_go_as_a_document() {
    start(
        grip -> {},
        routes -> routes.get("/stream", ctx -> {
          Grip.of(ctx).answerWith(Instruct.stream().channel(Channel.of("ä,;")).build());
          ctx.status(201).header("X-A", "b").contentType("text/x").result("open ");
        }));
    HeldResponse client = proxied("/stream").awaitText("open ");
    proxy.awaitSubscribers("ä,;", 1);

    assertThat(client.status()).isEqualTo(201);
    assertThat(client.header("X-A")).isEqualTo("b");
    assertThat(client.header("Content-Type")).isEqualTo("text/x");
  }

  @Test
  void errors_and_head_requests_are_not_held() throws Exception {
    start(grip -> {}, routes -> {
      routes.get("/fails", ctx -> {
        Grip.of(ctx).answerWith(Instruct.stream().channel("a").build());
        throw new IllegalStateException("expected by the test");
      });
      routes.get("/secret", ctx -> {
        Grip.of(ctx).answerWith(Instruct.stream().channel("a").build());
        throw new UnauthorizedResponse("who are you?");
      });
      routes.get(
          "/stream",
          ctx -> Grip.of(ctx).answerWith(Instruct.stream().channel("a").build()));
    });

    assertThat(proxied("/secret").awaitEnd()).isEqualTo("who are you?");
    assertThat(proxied("/secret").status()).isEqualTo(401);
    assertThat(proxied("/fails").awaitEnd()).isNotNull();
    assertThat(proxied("/fails").status()).isEqualTo(500);
    var head = new Request.Builder().url(proxy.uri() + "/stream").head().build();
    try (Response response = http.newCall(head).execute()) {
      assertThat(response.code()).isEqualTo(200);
    }
  }

  @Test
  void inconsistent_instructs_fail_in_the_handler() {
    start(
        grip -> {},
        routes -> routes.get(
            "/stream",
            ctx -> assertThatThrownBy(() -> Grip.of(ctx)
                    .answerWith(Instruct.stream()
                        .channel(Channel.of("a").withPrevId("1"))
                        .build()))
                .hasMessageContaining("needs a next link")));

    assertThat(direct("/stream").status()).isEqualTo(200);
  }

  private void startRoom() {
    start(
        grip -> grip.gripPrefix("p-"),
        routes -> routes.post("/room", GripWebSocket.handler((ctx, ws) -> {
          if (ws.isOpening()) {
            if (ctx.queryParam("user") == null) {
              return;
            }
            ws.accept();
            ws.subscribe("room", Channel.SKIP_SELF);
            ws.setMeta("user", ctx.queryParam("user"));
            ws.setConnectionMeta("Count", "1");
          }
          for (var message = ws.receive(); message != null; message = ws.receive()) {
            if (message instanceof WebSocketMessage.Text text) {
              ws.send(ws.connectionMeta("Count") + ":" + text.text());
            } else if (message instanceof WebSocketMessage.Binary binary) {
              ws.send(binary.content());
            }
          }
        })));
  }

  @Test
  void websocket_receives_sends_subscribes_and_closes() {
    startRoom();
    try (FakeWebSocket ann = proxy.openWebSocket("/room?user=ann");
        FakeWebSocket bob = proxy.openWebSocket("/room?user=bob")) {
      assertThat(ann.status()).isEqualTo(101);
      proxy.awaitSubscribers("p-room", 2);

      ann.send("hällo");
      assertThat(ann.takeText()).isEqualTo("1:hällo");
      ann.send("");
      assertThat(ann.takeText()).isEqualTo("1:");
      ann.send(new byte[] {0, -1});
      assertThat(ann.take().bytes()).containsExactly(0, -1);
      ann.send(new WebSocketEvent(WebSocketEvent.Type.PING, new byte[] {7}));
      assertThat(ann.take())
          .isEqualTo(new WebSocketEvent(WebSocketEvent.Type.PONG, new byte[] {7}));

      publish(Item.builder("p-room").meta("sender", "ann").message("to bob").build());
      publish(Item.builder("p-room").message("to all").build());
      assertThat(ann.takeText()).isEqualTo("to all");
      assertThat(bob.takeText()).isEqualTo("to bob");

      ann.close(1001);
      assertThat(ann.take().bytes()).containsExactly(3, -23);
      assertThat(ann.isOpen()).isFalse();
      publish(Item.builder("p-room").format(new Format.WsClose(4000, "out")).build());
      assertThat(bob.takeText()).isEqualTo("to all");
      assertThat(bob.take().type()).isEqualTo(WebSocketEvent.Type.CLOSE);
    }
  }

  private void publish(Item item) {
    open(Publisher.create(List.of(proxy.proxy()))).publishAndWait(item).orThrow();
  }

  @Test
  void websocket_events_need_a_proxy_and_sense() {
    startRoom();

    assertThat(proxy.openWebSocket("/room").status()).isEqualTo(403);
    assertThat(post(origin.resolve("/room"), WebSocketEvents.CONTENT_TYPE, "OPEN\r\n"))
        .isEqualTo(403);
    assertThat(post(proxy.uri().resolve("/room"), "text/plain", "OPEN\r\n")).isEqualTo(415);
    assertThat(post(proxy.uri().resolve("/room"), WebSocketEvents.CONTENT_TYPE, "OPEN\r\n"))
        .isEqualTo(400);
  }

  /** Also where a handler reads them by itself. */
  @Test
  void websocket_events_without_proxy_reach_no_handler_of_any_path() {
    start(grip -> {}, routes -> routes.post("/<any>", ctx -> ctx.result("handled")));

    assertThat(post(origin.resolve("/own"), WebSocketEvents.CONTENT_TYPE, "OPEN\r\n"))
        .isEqualTo(403);
    assertThat(post(origin.resolve("/own"), "text/plain", "OPEN\r\n")).isEqualTo(200);
    assertThat(post(proxy.uri().resolve("/own"), WebSocketEvents.CONTENT_TYPE, "OPEN\r\n"))
        .isEqualTo(200);
  }

  @Test
  void configuration_comes_from_the_environment() {
    String url = "http://127.0.0.1:" + proxy.controlUri().getPort();
    var plugin = startBehind(
        grip -> grip.proxiesFromEnvironment(Map.of("GRIP_URL", url, "GRIP_PREFIX", "e-")),
        routes -> {});

    plugin.publisher().publishAndWait(Item.stream("a", "x")).orThrow();

    assertThat(proxy.takeItem().channel()).isEqualTo("e-a");
    assertThat(new String(proxy.takeRequest().body(), StandardCharsets.UTF_8)).contains("e-a");
  }

  @Test
  void a_prefix_that_instructs_would_not_have_is_refused() {
    PublishOptions prefixed = PublishOptions.DEFAULT.withPrefix(new GripPrefix("e-"));

    assertThatThrownBy(() -> new GripConfig().publishOptions(prefixed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prefix \"e-\"");
  }

  @Test
  void the_publisher_closes_with_the_server() throws Exception {
    GripPlugin plugin = start(grip -> {}, routes -> {});
    opened.remove(0).close();

    assertThat(plugin.publisher().publishAndWait(Item.stream("a", "x")).isOk()).isFalse();
    assertThatThrownBy(() -> new GripPlugin(grip -> {}).publisher())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void idleConnectionsDoNotMixAnswers() {
    AtomicReference<Server> jetty = new AtomicReference<>();
    startApplication(
        grip -> grip.proxy(proxy.proxy()), config -> config.jetty.modifyServer(jetty::set));
    // What it does is tested in IdleFenceTest.
    assertThat(IdleFence.isUsed(jetty.get())).isTrue();
  }

  @Test
  void theServerKeepsAConnectionForLongerThanItsProxies() {
    AtomicReference<Server> jetty = new AtomicReference<>();
    startApplication(
        grip -> grip.proxy(proxy.proxy()), config -> config.jetty.modifyServer(jetty::set));
    assertThat(jetty.get().getConnectors())
        .singleElement()
        .extracting(Connector::getIdleTimeout)
        .isEqualTo(75_000L);
  }
}
