package io.gripstream.testtools;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A private Redis server in a temporary folder, on a free port of loopback: Debian's package
 * {@code redis-server}, or the program that the environment variable {@code REDIS_SERVER} names,
 * which may be Valkey. It writes each change to its disk before it answers, unless settings say
 * otherwise.
 */
public final class RedisServer implements AutoCloseable {
  private static final String PROGRAM =
      System.getenv().getOrDefault("REDIS_SERVER", "redis-server");
  private static final List<String> DURABLE =
      List.of("--appendonly", "yes", "--appendfsync", "always", "--save", "");

  private static @Nullable RedisServer shared;

  private final String program;
  private final ServerProcess process;
  private final int port;
  private final List<String> settings;
  private int databases;

  private RedisServer(String program, Path folder, int port, List<String> settings) {
    this.program = program;
    process = new ServerProcess(folder);
    this.port = port;
    this.settings = settings;
  }

  /** The server that tests of this JVM share. Ends with the JVM. */
  public static synchronized RedisServer shared() {
    RedisServer known = shared;
    if (known == null) {
      known = start();
      shared = known;
      Runtime.getRuntime().addShutdownHook(new Thread(known::close));
    }
    return known;
  }

  /**
   * Starts a new server.
   *
   * @param settings as on the command line of {@code redis-server}; they come after the settings
   *     for durability
   */
  public static RedisServer start(String... settings) {
    return startOf(PROGRAM, settings);
  }

  /**
   * Starts a new server of another program.
   *
   * @param program the path of a {@code redis-server} or {@code valkey-server}
   */
  public static RedisServer startOf(String program, String... settings) {
    try {
      Path memory = Path.of("/dev/shm");
      Path folder = Files.isWritable(memory)
          ? Files.createTempDirectory(memory, "gripstream-redis")
          : Files.createTempDirectory("gripstream-redis");
      RedisServer server =
          new RedisServer(program, folder, Ports.free(1).get(0), List.of(settings));
      server.resume();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again after {@link #stop} or {@link #kill}, perhaps with more settings. */
  public void resume(String... more) {
    List<String> command = new ArrayList<>(List.of(
        program,
        "--port",
        "" + port,
        "--bind",
        "127.0.0.1",
        "--dir",
        folder().toString(),
        "--databases",
        "10000",
        "--daemonize",
        "no"));
    command.addAll(DURABLE);
    command.addAll(settings);
    command.addAll(List.of(more));
    try {
      process.start(command);
    } catch (IOException e) {
      throw new IllegalStateException("no " + program + "; install the package redis-server", e);
    }
    Eventually.within(Duration.ofSeconds(20), this::ping);
  }

  private void ping() {
    String answer = command("PING");
    if (!answer.startsWith("+PONG") && !answer.startsWith("-NOAUTH")) {
      throw new AssertionError("not ready: " + answer);
    }
  }

  /** Sends a command of the default user, and returns the first line of the answer. */
  public String command(String... words) {
    try (Socket socket = connected()) {
      return answer(socket, words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Same as {@link #command}, if the default user has a password. */
  public String commandAs(String password, String... words) {
    try (Socket socket = connected()) {
      answer(socket, "AUTH", password);
      return answer(socket, words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Socket connected() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(5_000);
    return socket;
  }

  private static String answer(Socket socket, String... words) throws IOException {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append("$").append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.US_ASCII));
    StringBuilder line = new StringBuilder();
    int next = socket.getInputStream().read();
    while (next >= 0 && next != '\r') {
      line.append((char) next);
      next = socket.getInputStream().read();
    }
    if (socket.getInputStream().available() > 0) {
      socket.getInputStream().skipNBytes(socket.getInputStream().available());
    }
    return line.toString();
  }

  /**
   * Sends a command of the default user, and returns the whole answer: elements of a list one below
   * the other, a refusal as it is.
   */
  public String text(String... words) {
    try (Socket socket = connected()) {
      String line = String.join(" ", words) + "\r\n";
      socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
      return answer(new DataInputStream(new BufferedInputStream(socket.getInputStream())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String answer(DataInputStream in) throws IOException {
    StringBuilder first = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      first.append((char) next);
    }
    String line = first.toString().strip();
    if (line.startsWith("$") && !line.equals("$-1")) {
      byte[] text = in.readNBytes(Integer.parseInt(line.substring(1)));
      in.skipNBytes(2);
      return new String(text, StandardCharsets.UTF_8);
    }
    if (line.startsWith("*")) {
      StringBuilder all = new StringBuilder();
      for (int left = Integer.parseInt(line.substring(1)); left > 0; left--) {
        all.append(answer(in)).append('\n');
      }
      return all.toString();
    }
    return line;
  }

  /** The memory that its data takes, in bytes. */
  public long usedMemory() {
    return text("INFO", "memory")
        .lines()
        .filter(line -> line.startsWith("used_memory_dataset:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** The program to run. */
  static String program() {
    return PROGRAM;
  }

  /** Another server with the same protocol, at this port. */
  RedisServer at(int otherPort) {
    return new RedisServer(program, folder(), otherPort, settings);
  }

  /** The value of a setting at the start. */
  String settingOf(String name) {
    return settings.get(settings.indexOf(name) + 1);
  }

  /** Stops it like an administrator: nothing is lost. */
  public void stop() {
    process.end("TERM");
  }

  /** Ends it immediately, like a crash. */
  public void kill() {
    process.end("KILL");
  }

  /** Freezes its process (SIGSTOP) until {@link #go}. */
  public void freeze() {
    process.signal("STOP");
  }

  /** Continues after {@link #freeze}. */
  public void go() {
    process.signal("CONT");
  }

  /** Removes its data on disk; it must not run. */
  public void forget() {
    forget("");
  }

  /** Removes a file or a folder of its data on disk; it must not run. */
  public void forget(String name) {
    process.forget(name);
  }

  /** Where it keeps its data. */
  public Path folder() {
    return process.folder();
  }

  /** The address of an unused database. */
  public synchronized String newDatabase() {
    return "redis://127.0.0.1:" + port + "/" + ++databases;
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.close("KILL");
  }
}
