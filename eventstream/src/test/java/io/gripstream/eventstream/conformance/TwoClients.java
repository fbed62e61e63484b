package io.gripstream.eventstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamEvent;
import io.gripstream.testtools.WrittenPosition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client that is served directly, and one behind a proxy, that do and expect the same. */
final class TwoClients implements AutoCloseable {
  private static final String KEEP_ALIVE = "event: keep-alive\ndata:\n\n";

  /** Headers that are about the connection, or of one server's own. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "content-length", "transfer-encoding", "date", "server");

  private final StreamClient direct;
  private final StreamClient proxied;

  TwoClients(StreamClient direct, StreamClient proxied) {
    this.direct = direct;
    this.proxied = proxied;
  }

  TwoClients expectOpen() {
    return both(StreamClient::expectOpen);
  }

  TwoClients expectEvent(String data) {
    return both(client -> client.expectEvent(data));
  }

  TwoClients expectEvents(List<String> data) {
    return both(client -> client.expectEvents(data));
  }

  TwoClients expectReset(String data) {
    return both(client -> assertThat(client.expectReset().data()).isEqualTo(data));
  }

  TwoClients expectError(String condition) {
    return both(client -> client.expectError(condition));
  }

  TwoClients expectEnd() {
    return both(StreamClient::expectEnd);
  }

  TwoClients expectStatus(int status) {
    return both(client -> assertThat(client.status()).isEqualTo(status));
  }

  TwoClients expectHeader(String name, @Nullable String value) {
    return both(client -> assertThat(client.header(name)).as(name).isEqualTo(value));
  }

  /** The next event, the same for both. */
  StreamEvent next() {
    return same(client -> WrittenPosition.plain(client.next()));
  }

  /** Where both stand. */
  String lastId() {
    return same(client -> {
      String id = client.lastId();
      assertThat(id).isNotNull();
      return WrittenPosition.plain(id);
    });
  }

  /** The events of both so far, without keep-alives. */
  String body() {
    return same(client -> WrittenPosition.plainIn(
        new String(client.body(), StandardCharsets.UTF_8).replace(KEEP_ALIVE, "")));
  }

  /**
   * Expects that both got the same until now: status, headers and, byte by byte, the body, but for
   * how positions are written.
   */
  TwoClients expectSame() {
    same(StreamClient::status);
    same(client -> {
      TreeMap<String, String> headers = new TreeMap<>(client.headers());
      headers.keySet().removeAll(OF_THE_CONNECTION);
      return headers;
    });
    body();
    return this;
  }

  TwoClients both(Consumer<StreamClient> action) {
    action.accept(direct);
    action.accept(proxied);
    return this;
  }

  private <T> T same(Function<StreamClient, T> view) {
    T ofDirect = view.apply(direct);
    assertThat(view.apply(proxied)).as("what came through the proxy").isEqualTo(ofDirect);
    return ofDirect;
  }

  @Override
  public void close() {
    direct.close();
    proxied.close();
  }
}
