package io.gripstream.app.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/**
 * What stands between the doctor and the server, as far as it says so, and how it is told to send
 * on at once what it gets.
 */
record InBetween(List<Program> candidates) {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** Programs that may hold back what passes. */
  enum Program {
    NGINX("nginx", "proxy_buffering off; and proxy_http_version 1.1;"),
    APACHE("Apache", "flushpackets=on"),
    LIGHTTPD("lighttpd", "server.stream-response-body = 2"),
    CADDY("Caddy", "flush_interval -1"),
    VARNISH("Varnish", "return (pass); for the path of streams");

    private final String title;
    private final String setting;

    Program(String title, String setting) {
      this.title = title;
      this.setting = setting;
    }
  }

  /** By the head of an answer. */
  static InBetween of(Headers headers) {
    String said = (headers.values("Server") + " " + headers.values("Via")).toLowerCase(Locale.ROOT);
    List<Program> named = List.of(Program.values()).stream()
        .filter(program -> said.contains(program.title.toLowerCase(Locale.ROOT)))
        .toList();
    return new InBetween(named.isEmpty() ? List.of(Program.values()) : named);
  }

  /** By the answer to another request, where none came to that for a stream. */
  static InBetween ask(StreamRequests requests, String channel) {
    OkHttpClient client =
        new OkHttpClient.Builder().followRedirects(false).callTimeout(PATIENCE).build();
    try (Response response =
        client.newCall(requests.of(List.of(channel)).head().build()).execute()) {
      return of(response.headers());
    } catch (IOException silent) {
      return of(Headers.of());
    }
  }

  /** The setting of each program that it may be. */
  String advice() {
    return candidates.stream()
        .map(program -> program.title + ": " + program.setting)
        .collect(Collectors.joining(" | "));
  }
}
