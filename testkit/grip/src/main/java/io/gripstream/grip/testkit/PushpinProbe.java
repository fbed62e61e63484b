package io.gripstream.grip.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests that show whether a Pushpin is ready. */
final class PushpinProbe {
  /** A host whose route leads to Pushpin's built-in origin. */
  static final String HOST = "ready.invalid";

  private PushpinProbe() {}

  /** Returns whether a stream is held there. */
  static boolean streams(URI uri, Map<String, String> headers) {
    try {
      var connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(1_000);
      connection.setReadTimeout(2_000);
      headers.forEach(connection::setRequestProperty);
      try {
        return connection.getResponseCode() == 200
            && connection.getInputStream().read() >= 0;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Returns whether the part that holds connections runs too; Pushpin's own test origin uses it.
   */
  static boolean holds(int httpPort) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), httpPort)) {
      socket.setSoTimeout(2_000);
      String request = "GET /stream HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes(12);
      return new String(status, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Returns whether something other than a 502 comes from there.
   *
   * @param header of the request, or null
   * @param body what the answer contains, or empty for any
   */
  static boolean answers(String url, @Nullable String header, String body) {
    try {
      var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setInstanceFollowRedirects(false);
      connection.setConnectTimeout(1_000);
      connection.setReadTimeout(2_000);
      if (header != null) {
        connection.setRequestProperty(header, "1");
      }
      int status = connection.getResponseCode();
      if (status == 502) {
        return false;
      }
      if (body.isEmpty()) {
        return true;
      }
      try (InputStream in = connection.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8).contains(body);
      }
    } catch (IOException e) {
      return false;
    }
  }
}
