package io.gripstream.app.server;

import io.gripstream.app.api.ApiError;
import io.gripstream.app.api.Json;
import io.gripstream.app.api.SafeHeaders;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests that cannot reach the API, such as an undecodable path or too long headers. The
 * answer is that of the API, or that of streams for other known paths, instead of Jetty's page.
 */
final class HttpErrors implements Request.Handler {
  private static final String UNKNOWN = "/badMessage";

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    String message = switch (status) {
      case 400 -> "this is not an HTTP request with a path in valid UTF-8 and percent-encoding";
      case 414, 431 -> "path or headers of the request are too long";
      default -> "the server cannot answer this request";
    };
    boolean isText = status == 400 && isNoApi(request.getHttpURI().getPath());
    response
        .getHeaders()
        .put(HttpHeader.CONTENT_TYPE, isText ? "text/plain; charset=utf-8" : "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    SafeHeaders.OF_EVERY_ANSWER.forEach(response.getHeaders()::put);
    if (status < 500 || status == HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505) {
      // The start of the next request is unknown, so the connection ends: say so.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    boolean isHead = HttpMethod.HEAD.is(request.getMethod());
    String body = isText
        ? Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".\n"
        : Json.write(ApiError.nearest(status).body(message));
    Content.Sink.write(response, true, isHead ? "" : body, callback);
    return true;
  }

  /** Unreadable requests have a path that Jetty made up. */
  private static boolean isNoApi(@Nullable String path) {
    return path != null && !path.startsWith("/api/") && !path.equals(UNKNOWN);
  }
}
