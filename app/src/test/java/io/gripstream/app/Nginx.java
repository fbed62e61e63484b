package io.gripstream.app;

import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A real nginx on loopback. */
public final class Nginx implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one on a free port, with one server block.
   *
   * @param http what else is in the block {@code http}, such as {@code upstream}
   * @param server the content of the block {@code server}, without {@code listen}
   */
  public static Nginx start(Path directory, String http, String server) {
    int port = Ports.free(1).get(0);
    return start(directory, port, """
        %s
        server {
          listen 127.0.0.1:%d;
          %s
        }
        """.formatted(http, port, server));
  }

  /**
   * Starts one.
   *
   * @param port where it will listen
   * @param http all that is in the block {@code http}
   */
  static Nginx start(Path directory, int port, String http) {
    try {
      Path root = Files.createTempDirectory(directory, "nginx");
      Path config = Files.writeString(root.resolve("nginx.conf"), """
          daemon off;
          worker_processes 1;
          pid %1$s/pid;
          error_log %1$s/error.log;
          events { worker_connections 1024; }
          http {
            access_log off;
            client_body_temp_path %1$s/body;
            proxy_temp_path %1$s/proxy;
            fastcgi_temp_path %1$s/fastcgi;
            uwsgi_temp_path %1$s/uwsgi;
            scgi_temp_path %1$s/scgi;
            %2$s
          }
          """.formatted(root, http));
      Process process = new ProcessBuilder("nginx", "-p", root.toString(), "-c", config.toString())
          .redirectErrorStream(true)
          .redirectOutput(root.resolve("out.txt").toFile())
          .start();
      Nginx nginx = new Nginx(process, port);
      nginx.awaitPort(root);
      return nginx;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitPort(Path root) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!listens()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        close();
        throw new IllegalStateException(
            "nginx does not start: " + Files.readString(root.resolve("out.txt")));
      }
      Thread.onSpinWait();
    }
  }

  private boolean listens() {
    try {
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Where it listens. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
