package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import io.gripstream.grip.internal.NoAnswer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Sends HTTP requests to one control endpoint. Blocks the caller. Pushpin closes the connection
 * after each answer, accepts no chunked bodies, and fails on upgrades to HTTP/2.
 */
final class ControlClient {

  /** The endpoint's answer. */
  record Answer(int status, String text) {

    boolean isOk() {
      return status == 200;
    }

    /** Whether to try again: the fault is not in the request. */
    boolean retriable() {
      return status >= 500 || status == 408 || status == 429;
    }
  }

  private static final int MAX_TEXT_BYTES = 1_000;

  /** Well below the validity of a token, one hour. */
  private static final Duration TOKEN_REUSE = Duration.ofMinutes(30);

  private record Token(@Nullable String header, Instant renewAt) {}

  private final GripProxy proxy;
  private final Clock clock;
  private final OkHttpClient http;
  private volatile @Nullable Token token;

  ControlClient(GripProxy proxy, PublishOptions options) {
    this.proxy = proxy;
    this.clock = options.clock();
    this.http = new OkHttpClient.Builder()
        .protocols(List.of(Protocol.HTTP_1_1))
        // Credentials are sent to the configured endpoint only.
        .followRedirects(false)
        .followSslRedirects(false)
        // Whether to send again is decided in one place, not by the library.
        .retryOnConnectionFailure(false)
        // Trying addresses in parallel needs a thread per attempt.
        .fastFallback(false)
        .connectTimeout(options.connectTimeout())
        .callTimeout(options.requestTimeout())
        .readTimeout(options.requestTimeout())
        .writeTimeout(options.requestTimeout())
        .build();
  }

  Answer post(String resource, byte[] body) throws IOException {
    return send(resource, RequestBody.create(body));
  }

  Answer get(String resource) throws IOException {
    return send(resource, null);
  }

  private Answer send(String resource, @Nullable RequestBody body) throws IOException {
    Request.Builder request = new Request.Builder()
        .url(proxy.controlUri(resource).toString())
        .header("User-Agent", "gripstream")
        .header("Accept", "text/plain")
        .header("Accept-Encoding", "identity")
        .header("Connection", "close");
    String authorization = authorization();
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    if (body != null) {
      request.header("Content-Type", "application/json").post(body);
    }
    try (Response response = http.newCall(request.build()).execute()) {
      return new Answer(response.code(), text(response));
    }
  }

  private @Nullable String authorization() {
    Token current = token;
    if (current == null || !clock.instant().isBefore(current.renewAt())) {
      current = new Token(proxy.authorization(clock), clock.instant().plus(TOKEN_REUSE));
      token = current;
    }
    return current.header();
  }

  private static String text(Response response) throws IOException {
    BufferedSource source = response.body().source();
    source.request(MAX_TEXT_BYTES);
    long length = Math.min(source.getBuffer().size(), MAX_TEXT_BYTES);
    return source.readUtf8(length).strip();
  }

  /** Describes a failed request. */
  static String noAnswer(IOException failure) {
    return "no answer: " + NoAnswer.reason(failure);
  }

  /** Cancels the requests in progress. */
  void cancelAll() {
    http.dispatcher().cancelAll();
  }
}
