package io.gripstream.grip.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The floor: one socket per request, ready-made bytes, and nothing looked at but the status. */
final class RawControl {

  private final URI control;

  RawControl(URI control) {
    this.control = control;
  }

  static byte[] request(List<byte[]> items) {
    var body = new ByteArrayOutputStream();
    body.writeBytes("{\"items\":[".getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        body.write(',');
      }
      body.writeBytes(items.get(i));
    }
    body.writeBytes("]}".getBytes(StandardCharsets.US_ASCII));
    var request = new ByteArrayOutputStream();
    request.writeBytes(
        "POST /publish/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(body.size())
            .getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body.toByteArray());
    return request.toByteArray();
  }

  void post(byte[] request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), control.getPort())) {
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(request);
      InputStream in = socket.getInputStream();
      byte[] answer = in.readNBytes(12);
      if (!new String(answer, StandardCharsets.US_ASCII).equals("HTTP/1.1 200")) {
        throw new IOException("answered " + new String(answer, StandardCharsets.US_ASCII));
      }
      in.readAllBytes();
    }
  }
}
