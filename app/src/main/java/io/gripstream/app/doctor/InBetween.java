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
 * The programs between the doctor and the server, as far as answers show, and how to switch off
 * their buffering.
 */
record InBetween(List<Program> candidates) {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** Programs that may buffer. */
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

  /** Recognises it by the head of an answer. */
  static InBetween of(Headers headers) {
    String said = (headers.values("Server") + " " + headers.values("Via")).toLowerCase(Locale.ROOT);
    List<Program> named = List.of(Program.values()).stream()
        .filter(program -> said.contains(program.title.toLowerCase(Locale.ROOT)))
        .toList();
    return new InBetween(named.isEmpty() ? List.of(Program.values()) : named);
  }

  /** Recognises it by the answer to another request, if the stream request got none. */
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

  /** The setting of each candidate. */
  String advice() {
    return candidates.stream()
        .map(program -> program.title + ": " + program.setting)
        .collect(Collectors.joining(" | "));
  }
}
