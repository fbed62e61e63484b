package io.gripstream.testtools;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A private PostgreSQL server in a temporary folder, on a free port of loopback: Debian's package
 * {@code postgresql}. Runs as user {@code postgres} if the tests run as root, because PostgreSQL
 * refuses root.
 */
public final class PostgresServer implements AutoCloseable {
  private static @Nullable PostgresServer shared;

  private final ServerProcess process;
  private final int port;
  private final boolean hasFsync;
  private final AtomicInteger databases = new AtomicInteger();

  private PostgresServer(Path folder, int port, boolean hasFsync) {
    process = new ServerProcess(folder);
    this.port = port;
    this.hasFsync = hasFsync;
  }

  /**
   * The server that the tests of this JVM share. It does not wait for the disk, leaves dead rows
   * where they are, and ends with the JVM.
   */
  public static synchronized PostgresServer shared() {
    PostgresServer known = shared;
    if (known == null) {
      known = start(false);
      shared = known;
      Runtime.getRuntime().addShutdownHook(new Thread(known::close));
    }
    return known;
  }

  /** Starts a new server; with {@code fsync} it is as durable as by default. */
  public static PostgresServer start(boolean fsync) {
    PostgresServer server = make(fsync);
    server.program(
        "initdb",
        "-D",
        server.data(),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync");
    server.resume();
    return server;
  }

  /** Starts a standby of this server, and makes each commit here wait for it. */
  public PostgresServer standby() {
    PostgresServer standby = make(hasFsync);
    standby.program(
        "pg_basebackup",
        "-D",
        standby.data(),
        "-d",
        "host=127.0.0.1 user=postgres port=" + port,
        "--checkpoint=fast",
        "--write-recovery-conf",
        "--no-sync");
    standby.resume();
    execute("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
    execute("postgres", "SELECT pg_reload_conf()");
    return standby;
  }

  /** Makes a standby the primary. It waits for no other server then. */
  public void promote() {
    execute("postgres", "SELECT pg_promote()");
    execute("postgres", "ALTER SYSTEM SET synchronous_standby_names = ''");
    execute("postgres", "SELECT pg_reload_conf()");
  }

  private static PostgresServer make(boolean fsync) {
    try {
      Path folder = Files.createTempDirectory("gripstream-pg");
      if (isRoot()) {
        run("chown", "postgres", folder.toString());
      }
      return new PostgresServer(folder, Ports.free(1).get(0), fsync);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void program(String name, String... arguments) {
    try {
      run(asPostgres(name, arguments));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private String data() {
    return process.folder().resolve("data").toString();
  }

  private List<String> asPostgres(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    command.add(programs().resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** The newest installed version. */
  private static Path programs() {
    Path versions = Path.of("/usr/lib/postgresql");
    try (Stream<Path> all = Files.list(versions)) {
      return all.filter(version -> Files.isExecutable(version.resolve("bin/postgres")))
          .max(Comparator.comparingInt(
              version -> Integer.parseInt(versions.relativize(version).toString())))
          .orElseThrow()
          .resolve("bin");
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException(
          "no PostgreSQL server in " + versions + "; install the package postgresql", e);
    }
  }

  private static void run(String... command) throws IOException {
    run(List.of(command));
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (waitFor(process, Duration.ofSeconds(60)) != 0) {
      throw new IllegalStateException(command + " failed: " + output);
    }
  }

  private static int waitFor(Process process, Duration time) {
    try {
      if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    throw new IllegalStateException("a process did not end in " + time);
  }

  /** Starts it again after {@link #stop} or {@link #kill}. */
  public void resume() {
    List<String> command = asPostgres("postgres", "-D", data(), "-p", "" + port);
    for (String setting : List.of(
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=200",
        "shared_buffers=128MB",
        "fsync=" + (hasFsync ? "on" : "off"),
        "full_page_writes=" + (hasFsync ? "on" : "off"),
        // Would look at each database of each earlier test once a minute, in a process of its own.
        "autovacuum=" + (hasFsync ? "on" : "off"))) {
      command.add("-c");
      command.add(setting);
    }
    try {
      process.start(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Eventually.within(Duration.ofSeconds(30), () -> connect("postgres").close());
  }

  /** Stops it like an administrator: connections are cut, nothing is lost. */
  public void stop() {
    process.end("INT");
  }

  /** Ends it immediately, like a crash. */
  public void kill() {
    process.end("QUIT");
  }

  /** Freezes all of its processes (SIGSTOP) until {@link #go}. */
  public void freeze() {
    process.signalAll("STOP");
    // One that was forked in that moment too.
    process.signalAll("STOP");
  }

  /** Continues after {@link #freeze}. */
  public void go() {
    process.signalAll("CONT");
  }

  /** Creates an empty database and returns its address. */
  public String newDatabase() {
    String name = "test" + databases.incrementAndGet();
    execute("postgres", "CREATE DATABASE " + name);
    return url(name);
  }

  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
  }

  public int port() {
    return port;
  }

  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database));
  }

  private void execute(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.close("QUIT");
  }
}
