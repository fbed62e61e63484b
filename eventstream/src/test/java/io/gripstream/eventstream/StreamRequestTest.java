package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.junit.jupiter.api.Test;

/** The request that callbacks get, from any web framework. */
class StreamRequestTest {

  /** Opens a stream, and reads that from its request. */
  private static <T> T seen(
      String path, Map<String, String> headers, Function<StreamRequest, T> read) throws Exception {
    CompletableFuture<T> seen = new CompletableFuture<>();
    try (StreamServer server = StreamServer.builder()
            .configure(config -> config.channelManager(new ChannelManager() {
              @Override
              public List<String> channels(StreamRequest request, List<String> ofRoute) {
                seen.complete(read.apply(request));
                return List.of("a");
              }
            }))
            .routes(routes -> routes.queryParam("/rooms/{name}/events"))
            .javalin(config -> {
              config.jetty.modifyHttpConfiguration(
                  http -> http.addCustomizer(new ForwardedRequestCustomizer()));
              config.routes.before(ctx -> ctx.attribute("left", "by a filter"));
              config.routes.before(ctx -> ctx.sessionAttribute("user", "alice"));
            })
            .start();
        StreamClient client = StreamClient.request("GET", server.uri(path), headers)) {
      client.expectOpen();
      return seen.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void request_returns_the_values_that_the_client_sent() throws Exception {
    Map<String, Object> told = seen(
        "/rooms/a%2Fb/events?x=1&x=%C3%A9",
        Map.of(
            "X-Name", "Ann", "Cookie", "other=1; my-token=x; token=abc; token=def; quoted=\"a=b\""),
        request -> {
          Map<String, Object> all = new LinkedHashMap<>();
          all.put("method", request.method());
          all.put("path", request.path());
          all.put("x-name", request.header("x-name"));
          all.put("none", String.valueOf(request.header("X-None")));
          all.put("names", request.headers("X-Name"));
          all.put("nones", request.headers("X-None"));
          all.put("x", request.queryParams("x"));
          all.put("y", request.queryParams("y"));
          all.put("name", request.pathParam("name"));
          all.put("token", request.cookie("token"));
          all.put("quoted", request.cookie("quoted"));
          all.put("no cookie", String.valueOf(request.cookie("none")));
          all.put("left", request.attribute("left"));
          all.put("user", request.sessionAttribute("user"));
          all.put("principal", String.valueOf(request.principal()));
          return all;
        });
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("method", "GET");
    expected.put("path", "/rooms/a%2Fb/events");
    expected.put("x-name", "Ann");
    expected.put("none", "null");
    expected.put("names", List.of("Ann"));
    expected.put("nones", List.of());
    expected.put("x", List.of("1", "é"));
    expected.put("y", List.of());
    expected.put("name", "a/b");
    expected.put("token", "abc");
    expected.put("quoted", "\"a=b\"");
    expected.put("no cookie", "null");
    expected.put("left", "by a filter");
    expected.put("user", "alice");
    expected.put("principal", "null");
    assertThat(told).isEqualTo(expected);
  }

  @Test
  void peer_is_the_end_of_the_connection_despite_forwarded_headers() throws Exception {
    List<String> addresses = seen(
        "/rooms/a/events",
        Map.of("X-Forwarded-For", "198.51.100.7"),
        request -> List.of(request.peerAddress(), request.clientAddress()));
    assertThat(addresses).containsExactly("127.0.0.1", "198.51.100.7");
  }

  @Test
  void request_of_the_framework_is_behind_it() throws Exception {
    List<String> paths = seen(
        "/rooms/a/events",
        Map.of(),
        request -> List.of(
            request.unwrap(Context.class).path(),
            request.unwrap(HttpServletRequest.class).getRequestURI()));
    assertThat(paths).containsExactly("/rooms/a/events", "/rooms/a/events");
    String refusal = seen("/rooms/a/events", Map.of(), request -> {
      try {
        return request.unwrap(SseClient.class).toString();
      } catch (IllegalArgumentException e) {
        return String.valueOf(e.getMessage());
      }
    });
    assertThat(refusal)
        .contains("io.javalin.http.sse.SseClient", "io.javalin.http.Context", "HttpServletRequest");
  }

  @Test
  void parameter_that_the_route_does_not_have_is_an_error() throws Exception {
    String done = seen("/rooms/a/events", Map.of(), request -> {
      assertThatThrownBy(() -> request.pathParam("none"))
          .isInstanceOf(IllegalArgumentException.class);
      return "done";
    });
    assertThat(done).isEqualTo("done");
  }
}
