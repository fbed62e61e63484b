package io.gripstream.app.doctor;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.Secret;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests for streams at an address, with the doctor's credential.
 *
 * @param url address of the server for clients
 * @param token opens streams; null: the API key does, or none is needed
 * @param apiKey of the server's settings; sent over private connections only
 * @param origin of pages that read streams; null: none
 */
record StreamRequests(
    HttpUrl url,
    @Nullable Secret token,
    @Nullable Secret apiKey,
    @Nullable String origin) {

  Request.Builder of(List<String> channels) {
    HttpUrl.Builder address = url.newBuilder().addPathSegment("events");
    channels.forEach(channel -> address.addQueryParameter("channel", channel));
    Request.Builder request = new Request.Builder().url(address.build());
    if (token != null) {
      request.header("Authorization", "Bearer " + token.value());
    } else if (apiKey != null && isPrivate(url)) {
      request.header("X-API-Key", apiKey.value());
    }
    if (origin != null) {
      request.header("Origin", origin);
    }
    return request;
  }

  /** Whether the connection is private enough for a key with all rights. */
  static boolean isPrivate(HttpUrl to) {
    return to.isHttps() || Authenticator.isLoopback(to.host());
  }
}
