package io.gripstream.grip.testkit;

import io.gripstream.grip.GripProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Pushpin for a test: free ports on loopback, files in a fresh directory, stopped by
 * {@link #close()}. Works with 1.36 and newer versions; the settings follow the version that the
 * program reports. The program is {@code pushpin}, or the one that the environment variable
 * {@code PUSHPIN} names. {@link Builder#start()} fails without it.
 *
 * <pre>{@code
 * try (Pushpin pushpin = Pushpin.forOrigin(app.port())) {
 *   // pushpin.uri() is for clients, pushpin.proxy() for the publisher
 * }
 * }</pre>
 */
public final class Pushpin implements AutoCloseable {

  /** The default secret for its signatures. */
  public static final String KEY = "changeme";

  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private static final int LAST_LINES = 100;
  private static final long POLL_NANOS = 5_000_000;

  private final Process process;
  private final PushpinVersion version;
  private final Path directory;
  private final int httpPort;
  private final int controlPort;

  /** Also runs when an error or a signal ends the tests. */
  private final Thread atExit = new Thread(this::stop, "stop pushpin");

  private Pushpin(
      Process process, PushpinVersion version, Path directory, int httpPort, int controlPort) {
    this.process = process;
    this.version = version;
    this.directory = directory;
    this.httpPort = httpPort;
    this.controlPort = controlPort;
    try {
      Runtime.getRuntime().addShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      // Tests go on for a moment after they are told to end. Nothing of theirs may stay behind.
      stop();
      throw ending;
    }
  }

  /** Starts a Pushpin that forwards everything to this port on loopback. */
  public static Pushpin forOrigin(int port) {
    return builder().route("* 127.0.0.1:" + port).start();
  }

  /** Collects routes and settings. */
  public static Builder builder() {
    return new Builder();
  }

  /** The version of its settings. */
  public PushpinVersion version() {
    return version;
  }

  /** The address for clients, without a trailing slash. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + httpPort);
  }

  /** The control endpoint. */
  public URI controlUri() {
    return URI.create("http://127.0.0.1:" + controlPort);
  }

  /** A {@code GRIP_URL} for this instance: publishes to it and verifies {@link #KEY}. */
  public String gripUrl() {
    return controlUri() + "?verify-iss=pushpin&verify-key=" + KEY;
  }

  /** {@link #gripUrl()} as a proxy. */
  public GripProxy proxy() {
    return GripProxy.parse(gripUrl());
  }

  /** Everything that its processes have logged so far. */
  public String log() {
    return read(directory.resolve("log.txt"));
  }

  private String lastWords() {
    List<String> lines = log().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  /** Sends SIGKILL to all its processes, which cuts connections. Close it anyway. */
  public void kill() {
    List<ProcessHandle> children = process.descendants().toList();
    // The runner first: otherwise it reports the death of its child.
    process.destroyForcibly().onExit().join();
    children.forEach(ProcessHandle::destroyForcibly);
    children.forEach(child -> child.onExit().join());
  }

  /** Ends the processes and deletes the files. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ignored) {
      // The hook is running and does the same.
    }
    stop();
  }

  private void stop() {
    // The runner ends its children on SIGTERM only. If it were killed, they would stay.
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        children.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      children.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    delete(directory);
  }

  @Override
  public String toString() {
    return "Pushpin[" + uri() + ", control " + controlUri() + "]";
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> {
        try {
          Files.deleteIfExists(file);
        } catch (IOException ignored) {
          // Temporary files: leftovers do no harm.
        }
      });
    } catch (IOException ignored) {
      // As above.
    }
  }

  /** Settings of a Pushpin to start. */
  public static final class Builder {
    private final List<String> routes = new ArrayList<>();
    private final Map<String, String> files = new LinkedHashMap<>();
    private final Map<String, String> proxy = new LinkedHashMap<>();
    private final Map<String, String> handler = new LinkedHashMap<>();
    private List<Integer> ports = List.of();
    private int logLevel = 2;
    private String readyPath = "";
    private @Nullable Path shipped;
    private @Nullable PushpinVersion version;

    private Builder() {
      proxy.put("debug", "true");
      proxy.put("sig_iss", "pushpin");
      proxy.put("sig_key", KEY);
      proxy.put("x_forwarded_for", "truncate:0,append");
      proxy.put("set_x_forwarded_protocol", "proto-only");
      handler.put("message_rate", "0");
      handler.put("message_hwm", "0");
      handler.put("message_wait", "5000");
      handler.put("id_cache_ttl", "60");
      handler.put("connection_subscription_max", "20");
    }

    /** Adds a line of the routes file, such as {@code * 127.0.0.1:8080,over_http}. */
    public Builder route(String line) {
      routes.add(line);
      return this;
    }

    /** Sets an entry of the section {@code [proxy]}. */
    public Builder proxySetting(String name, String value) {
      proxy.put(name, value);
      return this;
    }

    /** Sets an entry of the section {@code [handler]}. */
    public Builder handlerSetting(String name, String value) {
      handler.put(name, value);
      return this;
    }

    /** Writes a file beside the configuration, such as a key ({@code sig_key=file:name}). */
    public Builder file(String name, String content) {
      files.put(name, content);
      return this;
    }

    /**
     * Chooses a program of this version. Default: the one that {@code PUSHPIN} names, or the
     * installed one.
     */
    public Builder version(PushpinVersion wanted) {
      version = wanted;
      return this;
    }

    /** Sets the log level: 0 errors, 1 warnings, 2 requests and items (default), 3 everything. */
    public Builder logLevel(int level) {
      logLevel = level;
      return this;
    }

    /**
     * Sets the ports of clients and of the control endpoint, for a Pushpin that restarts. Default:
     * free ones.
     */
    public Builder ports(int http, int control) {
      ports = List.of(http, control);
      return this;
    }

    /**
     * Uses a whole configuration file unchanged, except for ports, directories and socket names,
     * which must differ on a shared machine. The settings of this builder are ignored, its routes
     * are used.
     *
     * @param shipped a folder with {@code pushpin-1.41.conf} or similar for the version, or else
     *     {@code pushpin.conf}
     */
    public Builder configurationIn(Path shipped) {
      this.shipped = shipped;
      return this;
    }

    /**
     * Sets a path that the origin answers at once with any status except 502. {@link #start()} then
     * also waits until a request through the proxy reaches the origin.
     */
    public Builder readyPath(String path) {
      readyPath = path;
      return this;
    }

    /**
     * Starts it and waits until the control endpoint and the proxy answer.
     *
     * @throws IllegalStateException if they do not within 60 s (the message has the log), or if
     *     there is no such program
     */
    public Pushpin start() {
      PushpinProgram program =
          version == null ? PushpinProgram.usual() : PushpinProgram.of(version);
      List<Integer> ports = this.ports.isEmpty() ? Ports.free(2) : this.ports;
      Path directory = null;
      try {
        // Its sockets have long names, and the path of a socket has at most 107 bytes.
        directory = Files.createTempDirectory(Path.of("/tmp"), "pp");
        Files.createDirectories(directory.resolve("run"));
        var lines = new ArrayList<>(routes);
        lines.add(PushpinProbe.HOST + " test");
        Files.write(directory.resolve("routes"), lines);
        for (Map.Entry<String, String> file : files.entrySet()) {
          Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        Files.writeString(
            directory.resolve("pushpin.conf"),
            shipped == null
                ? PushpinConfiguration.own(program, directory, ports, logLevel, proxy, handler)
                : PushpinConfiguration.shipped(shipped, program, directory, ports));
        Process process = new ProcessBuilder(
                program.command(),
                "--config",
                directory.resolve("pushpin.conf").toString(),
                "--merge-output")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log.txt").toFile())
            .start();
        var pushpin =
            new Pushpin(process, program.version(), directory, ports.get(0), ports.get(1));
        pushpin.awaitReady(readyPath);
        return pushpin;
      } catch (IOException e) {
        if (directory != null) {
          delete(directory);
        }
        throw new IllegalStateException("cannot start " + program, e);
      }
    }
  }

  /** Open ports prove nothing: in the first moments requests are dropped without an answer. */
  private void awaitReady(String readyPath) {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    while (!PushpinProbe.answers(controlUri() + "/", null, "Pushpin API")
        || !PushpinProbe.answers(uri() + "/", "Pushpin-Check", "")
        || !PushpinProbe.holds(httpPort)
        || (!readyPath.isEmpty()
            && !PushpinProbe.answers(uri().resolve(readyPath).toString(), null, ""))) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        String log = lastWords();
        close();
        throw new IllegalStateException("pushpin is not ready; it logged last:\n" + log);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * Waits until a stream under that path is held. In the first moments a request may be dropped, or
   * answered 500 if it should be held, although the ports are open.
   *
   * @param path of the origin, which answers with a body and an instruct to hold a stream
   * @throws IllegalStateException if none is held within 60 s
   */
  public void awaitStream(String path, Map<String, String> headers) {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    while (!PushpinProbe.streams(uri().resolve(path), headers)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "pushpin holds no stream of " + path + "; it logged last:\n" + lastWords());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Same as {@link #awaitStream(String, Map)} without headers. */
  public void awaitStream(String path) {
    awaitStream(path, Map.of());
  }
}
