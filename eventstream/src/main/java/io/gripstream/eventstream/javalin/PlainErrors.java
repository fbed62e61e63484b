package io.gripstream.eventstream.javalin;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers requests that no application sees, such as a path that cannot be decoded, with a sentence
 * instead of Jetty's HTML page.
 */
final class PlainErrors implements Request.Handler {
  private static final String UNDECODABLE =
      "This is not an HTTP request with a path in valid UTF-8 and percent-encoding.";

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    String text = status == HttpStatus.BAD_REQUEST_400
        ? UNDECODABLE
        : "This cannot be answered: " + HttpStatus.getMessage(status).toLowerCase(Locale.ROOT)
            + ".";
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    if (status < 500 || status == HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505) {
      // The start of the next request is unknown, so the connection ends: say so.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    boolean isHead = HttpMethod.HEAD.is(request.getMethod());
    response.write(true, ByteBuffer.wrap(isHead ? new byte[0] : body), callback);
    return true;
  }
}
