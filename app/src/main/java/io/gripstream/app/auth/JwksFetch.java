package io.gripstream.app.auth;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Printable;
import io.gripstream.app.config.ShownUrl;
import java.io.IOException;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Fetches a key set from a fixed URL: no redirects, at most 2 s and 256 kB. Thread-safe; blocks.
 */
final class JwksFetch {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final long MAX_BYTES = 256 * 1024;

  private final HttpUrl url;
  private final OkHttpClient client;

  private JwksFetch(HttpUrl url, Duration limit) {
    this.url = url;
    this.client = new OkHttpClient.Builder()
        .followRedirects(false)
        .followSslRedirects(false)
        .callTimeout(limit)
        .build();
  }

  /** @throws ConfigException if it is not a URL, or neither {@code https://} nor loopback */
  static JwksFetch of(String text) {
    return of(text, LIMIT);
  }

  /** @throws ConfigException as {@link #of(String)} */
  static JwksFetch of(String text, Duration limit) {
    HttpUrl url = HttpUrl.parse(text);
    if (url == null || !(url.isHttps() || Loopback.isAddress(url.host()))) {
      throw new ConfigException("token_jwks_url: \"" + Printable.of(ShownUrl.of(text))
          + "\" must be a URL that begins with https:// (or http:// to loopback)");
    }
    return new JwksFetch(url, limit);
  }

  /** The text of the key set. */
  String text() throws IOException {
    Request request =
        new Request.Builder().url(url).header("Accept", "application/json").build();
    try (Response response = client.newCall(request).execute()) {
      if (response.code() != 200) {
        throw new IOException("the key set's server answered " + response.code());
      }
      var source = response.body().source();
      if (source.request(MAX_BYTES + 1)) {
        throw new IOException("the key set is longer than " + MAX_BYTES + " bytes");
      }
      return source.readUtf8();
    }
  }

  @Override
  public String toString() {
    return url.scheme() + "://" + url.host() + ":" + url.port() + url.encodedPath();
  }
}
