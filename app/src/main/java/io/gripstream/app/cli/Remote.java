package io.gripstream.app.cli;

import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.ShownUrl;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** A server as a client sees it: its address and the credential. */
record Remote(
    HttpUrl base, @Nullable Secret token, @Nullable Secret apiKey) {
  /**
   * @param url null: the server of these settings, which then also gets their API key
   * @throws Failure if it is not an address
   */
  static Remote of(Settings settings, @Nullable String url, @Nullable Secret token) {
    String host = settings.http().host();
    String own = "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
        + settings.http().port();
    HttpUrl base = HttpUrl.parse(url == null ? own : url);
    if (base == null) {
      throw new Failure("\"" + Printable.of(ShownUrl.withoutUser(String.valueOf(url)))
          + "\" is not an address with http:// or https://");
    }
    if (!base.username().isEmpty() || !base.password().isEmpty()) {
      throw new Failure("\"" + Printable.of(ShownUrl.withoutUser(String.valueOf(url)))
          + "\" must be without user and password: they are not sent");
    }
    boolean keyIsForIt =
        url == null && token == null && !settings.auth().apiKeys().isEmpty();
    return new Remote(base, token, keyIsForIt ? settings.auth().apiKeys().get(0).key() : null);
  }

  /** A request to a path below the address. */
  Request.Builder request(HttpUrl url) {
    Request.Builder request = new Request.Builder().url(url);
    if (token != null) {
      request.header("Authorization", "Bearer " + token.value());
    } else if (apiKey != null) {
      request.header("X-API-Key", apiKey.value());
    }
    return request;
  }

  /** The stream of these channels. */
  HttpUrl events(Iterable<String> channels) {
    HttpUrl.Builder events = base.newBuilder().addPathSegment("events");
    channels.forEach(channel -> events.addQueryParameter("channel", channel));
    return events.build();
  }
}
