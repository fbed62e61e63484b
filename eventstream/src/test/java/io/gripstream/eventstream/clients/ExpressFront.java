package io.gripstream.eventstream.clients;

import io.gripstream.grip.testkit.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Express with {@code compression} and a proxying middleware, in front of a server. */
final class ExpressFront implements AutoCloseable {
  private final int port;
  private final Process process;

  private ExpressFront(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Starts one on a free port. Needs {@link ScriptClient#install}. */
  static ExpressFront before(int target) throws IOException {
    return before(target, Ports.free(1).get(0));
  }

  private static ExpressFront before(int target, int port) throws IOException {
    Process node = new ProcessBuilder(
            "node", "front.mjs", "http://127.0.0.1:" + target, Integer.toString(port))
        .directory(ScriptClient.INSTALLED.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    ExpressFront front = new ExpressFront(port, node);
    String first = new BufferedReader(
            new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
    if (!"ready".equals(first)) {
      front.close();
      throw new IllegalStateException("Express does not start: " + first);
    }
    return front;
  }

  /** Another one in its place, after it was closed. */
  ExpressFront again(int target) throws IOException {
    return before(target, port);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
