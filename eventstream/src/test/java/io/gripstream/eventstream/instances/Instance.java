package io.gripstream.eventstream.instances;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.testtools.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** A running {@link InstanceProgram}. */
final class Instance implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final int port;
  private final ChildProcess process;

  private Instance(int port, ChildProcess process) {
    this.port = port;
    this.process = process;
  }

  /** Starts one; it serves a little later. */
  static Instance start(int port, String... arguments) {
    return new Instance(port, ChildProcess.start(InstanceProgram.class, arguments));
  }

  void awaitServing() {
    assertThat(process.line()).isEqualTo("serving");
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** @return the event's id */
  long send(String channel, String data) {
    return Long.parseLong(post("/send/" + channel, data).replaceAll("[\\[\\]]", ""));
  }

  /** @return the event's ids, as {@code [1, 1]} */
  String send(List<String> channels, String data) {
    return post("/send/" + String.join(",", channels), data);
  }

  /** @return the id up to which no event is left */
  long forget(String channel, long upTo) {
    return Long.parseLong(post("/forget/" + channel + "/" + upTo, ""));
  }

  void permissionChanged(String user, String channel) {
    post("/changed/" + user + "/" + channel, "");
  }

  void permissionChanged(String user) {
    post("/changed/" + user, "");
  }

  void revoke(String user, String channel) {
    post("/revoke/" + user + "/" + channel, "");
  }

  void lift(String user, String channel) {
    post("/lift/" + user + "/" + channel, "");
  }

  private String post(String path, String body) {
    try {
      HttpResponse<String> response = HTTP.send(
          HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body)).build(),
          BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** SIGKILL. */
  void kill() {
    process.kill();
  }

  @Override
  public void close() {
    kill();
  }
}
