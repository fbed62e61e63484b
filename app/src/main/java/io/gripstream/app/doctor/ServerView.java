package io.gripstream.app.doctor;

import io.gripstream.app.api.Json;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Asks the server at its own address, past any program in front of it. Blocks; used by one thread.
 */
final class ServerView {
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final OkHttpClient client =
      new OkHttpClient.Builder().callTimeout(LIMIT).followRedirects(false).build();
  private final HttpUrl base;
  private final @Nullable Secret apiKey;

  /** @throws IllegalArgumentException if host and port do not form an address */
  ServerView(Settings settings) {
    String host = settings.http().host();
    boolean any = host.equals("0.0.0.0") || host.equals("::");
    this.base = new HttpUrl.Builder()
        .scheme("http")
        .host(any ? "127.0.0.1" : host)
        .port(settings.http().port())
        .build();
    this.apiKey = settings.auth().apiKeys().stream()
        .filter(Settings.ApiKey::admin)
        .map(Settings.ApiKey::key)
        .findFirst()
        .orElse(null);
  }

  HttpUrl base() {
    return base;
  }

  @Nullable
  Secret apiKey() {
    return apiKey;
  }

  /** The server's report about its parts; empty: it does not answer. */
  Optional<JsonNode> readiness() {
    return get("health/ready");
  }

  /** Number of refused signatures, and the last reason; empty: it does not answer. */
  Optional<JsonNode> refusedSignatures() {
    return readiness().map(report -> report.get("refused_signatures"));
  }

  /** Whether it holds a stream of that channel itself; empty: it does not say. */
  Optional<Boolean> holds(String channel) {
    return get("api/channels")
        .map(answer -> answer.get("channels"))
        .map(channels -> channels.has(channel));
  }

  private Optional<JsonNode> get(String path) {
    Request.Builder request =
        new Request.Builder().url(base.newBuilder().addPathSegments(path).build());
    if (apiKey != null) {
      request.header("X-API-Key", apiKey.value());
    }
    try (Response response = client.newCall(request.build()).execute()) {
      boolean isOurs = response.code() == 200 || response.code() == 503;
      return isOurs
          ? Optional.of(Json.parse(response.body().string().getBytes(StandardCharsets.UTF_8)))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
