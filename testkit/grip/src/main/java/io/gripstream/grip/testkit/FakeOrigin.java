package io.gripstream.grip.testkit;

import io.gripstream.grip.GripSig;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Sends requests to the origin, signed like a proxy's. */
final class FakeOrigin {

  private static final String FEATURES =
      "status, session, link:next, filter:skip-self, filter:skip-users, filter:require-sub,"
          + " filter:build-id, filter:var-subst";

  private final URI origin;
  private final PushpinVersion version;
  private final OkHttpClient http = new OkHttpClient.Builder()
      .followRedirects(false)
      .readTimeout(Duration.ofSeconds(60))
      .build();

  FakeOrigin(URI origin, PushpinVersion version) {
    this.origin = origin;
    this.version = version;
  }

  PushpinVersion version() {
    return version;
  }

  /** An answer as it arrived. */
  record Raw(int status, Headers headers, byte[] body) {}

  /**
   * Sends a request and reads the instruct in the answer.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  FakeInstruct ask(
      String method,
      String target,
      List<Map.Entry<String, String>> headers,
      byte @Nullable [] body,
      List<String> lastIds)
      throws IOException {
    Raw answer = send(method, target, headers, body, lastIds);
    return FakeInstruct.read(answer.status(), answer.headers(), answer.body());
  }

  /** Sends a request and reads the answer to its end. */
  Raw send(
      String method,
      String target,
      List<Map.Entry<String, String>> headers,
      byte @Nullable [] body,
      List<String> lastIds)
      throws IOException {
    Request.Builder request = new Request.Builder()
        .url(origin + target)
        .method(method, body == null ? null : RequestBody.create(body));
    headers.forEach(header -> request.addHeader(header.getKey(), header.getValue()));
    lastIds.forEach(id -> request.addHeader("Grip-Last", id));
    request
        .header("Accept-Encoding", "identity")
        .header(
            GripSig.HEADER,
            GripSig.sign(FakeProxy.KEY, FakeProxy.ISSUER, Instant.now().plusSeconds(3_600)))
        .header("Grip-Feature", version.hasGoneLinks() ? FEATURES + ", link:gone" : FEATURES);
    try (Response response = http.newCall(request.build()).execute()) {
      return new Raw(response.code(), response.headers(), response.body().bytes());
    }
  }
}
