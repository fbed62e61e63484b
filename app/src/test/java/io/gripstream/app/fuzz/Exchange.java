package io.gripstream.app.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One connection: the bytes of a client that then says that it has no more, and what came back.
 *
 * @param statuses of all answers, in order
 * @param isStuck whether the server neither answered nor closed
 */
record Exchange(List<String> statuses, boolean isStuck) {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
  private static final int MOST_BYTES = 1_000_000;

  /** A stream that was opened does not end; so silence after an answer is an end, too. */
  private static final int SILENCE_MILLIS = 150;

  /** The server's own limit for a request that does not come whole is 30 s. */
  private static final int PATIENCE_MILLIS = 45_000;

  static Exchange of(int port, byte[] request, int pieces) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      write(socket.getOutputStream(), request, pieces);
      try {
        socket.shutdownOutput();
      } catch (IOException closed) {
        // The server has had enough.
      }
      return read(socket);
    }
  }

  private static void write(OutputStream out, byte[] request, int pieces) {
    int size = Math.max(1, (request.length + pieces - 1) / pieces);
    try {
      for (int from = 0; from < request.length; from += size) {
        out.write(request, from, Math.min(size, request.length - from));
      }
    } catch (IOException closed) {
      // As before.
    }
  }

  private static Exchange read(Socket socket) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[8_192];
    boolean isStuck = false;
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        answer.write(buffer, 0, read);
        if (answer.size() > MOST_BYTES) {
          break;
        }
        socket.setSoTimeout(SILENCE_MILLIS);
      }
    } catch (SocketTimeoutException silent) {
      isStuck = answer.size() == 0;
    } catch (IOException reset) {
      // An end.
    }
    List<String> statuses = new ArrayList<>();
    Matcher matcher = STATUS.matcher(answer.toString(StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      statuses.add(matcher.group(1));
    }
    if (statuses.isEmpty()) {
      statuses.add(answer.size() == 0 ? "nothing" : "other bytes");
    }
    return new Exchange(statuses, isStuck);
  }
}
