package io.gripstream.eventstream.clients;

import java.time.Duration;
import java.util.List;

/** Several clients that expect the same. */
record RealClients(List<RealClient> clients) implements AutoCloseable {
  void expectOpen() {
    clients.forEach(RealClient::expectOpen);
  }

  void expect(String data) {
    clients.forEach(client -> client.expect(data));
  }

  void expectNothing(Duration quiet) {
    clients.forEach(client -> client.expectNothing(quiet));
  }

  @Override
  public void close() {
    clients.forEach(RealClient::close);
  }
}
