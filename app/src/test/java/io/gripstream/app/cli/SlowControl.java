package io.gripstream.app.cli;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Passes publishes on to a proxy's control port late, as on a busy machine. */
final class SlowControl implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpServer server;
  private final URI control;

  private SlowControl(HttpServer server, URI control) {
    this.server = server;
    this.control = control;
  }

  static SlowControl of(URI control, Duration delay) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    SlowControl slow = new SlowControl(server, control);
    server.createContext("/", slow::pass);
    // Each request waits for itself.
    server.setExecutor(CompletableFuture.delayedExecutor(delay.toMillis(), MILLISECONDS));
    server.start();
    return slow;
  }

  String gripUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  private void pass(HttpExchange exchange) {
    try (exchange) {
      HttpResponse<byte[]> answer = client.send(
          HttpRequest.newBuilder(control.resolve(exchange.getRequestURI()))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(
                  exchange.getRequestBody().readAllBytes()))
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
