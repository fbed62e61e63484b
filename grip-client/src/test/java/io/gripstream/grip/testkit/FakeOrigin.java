package io.gripstream.grip.testkit;

import io.gripstream.grip.GripSig;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/** Requests to the origin, signed as a proxy signs them. */
final class FakeOrigin {

  static final String FEATURES =
      "status, session, link:next, filter:skip-self, filter:skip-users, filter:require-sub,"
          + " filter:build-id, filter:var-subst";

  private final URI origin;
  private final OkHttpClient http = new OkHttpClient.Builder()
      .followRedirects(false)
      .readTimeout(Duration.ofSeconds(60))
      .build();

  FakeOrigin(URI origin) {
    this.origin = origin;
  }

  /**
   * Sends a request and reads the answer to its end.
   *
   * @throws IllegalArgumentException if the instruct in the answer is malformed
   */
  FakeInstruct ask(
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
        .header("Grip-Feature", FEATURES);
    try (Response response = http.newCall(request.build()).execute()) {
      ResponseBody content = response.body();
      return FakeInstruct.read(response.code(), response.headers(), content.bytes());
    }
  }
}
