package io.gripstream.testtools;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A PgBouncer in front of a {@link PostgresServer}: Debian's package {@code pgbouncer}. It pools
 * transactions and hands out its few connections in turn, so that a client gets another one each
 * time. It keeps those of a database for 5 s: each test has another one.
 */
public final class PgBouncer implements AutoCloseable {
  private final int port;
  private final ServerProcess process;

  private PgBouncer(int port, ServerProcess process) {
    this.port = port;
    this.process = process;
  }

  public static PgBouncer before(PostgresServer server) {
    try {
      Path folder = Files.createTempDirectory("gripstream-pgbouncer");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path users = Files.writeString(folder.resolve("users"), "\"postgres\" \"\"\n");
      int port = Ports.free(1).get(0);
      Path config = Files.writeString(
          folder.resolve("pgbouncer.ini"), """
          [databases]
          * = host=127.0.0.1 port=%d
          [pgbouncer]
          listen_addr = 127.0.0.1
          listen_port = %d
          unix_socket_dir =
          auth_type = trust
          auth_file = %s
          pool_mode = transaction
          default_pool_size = 3
          server_round_robin = 1
          server_idle_timeout = 5
          max_client_conn = 500
          ignore_startup_parameters = extra_float_digits
          """.formatted(server.port(), port, users));
      ServerProcess process = new ServerProcess(folder);
      process.start(command(config));
      PgBouncer made = new PgBouncer(port, process);
      Eventually.within(
          Duration.ofSeconds(30),
          () -> DriverManager.getConnection(made.url("postgres") + "&prepareThreshold=0")
              .close());
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(Path config) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    command.addAll(List.of("/usr/sbin/pgbouncer", config.toString()));
    return command;
  }

  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
  }

  /** Returns the address of the same database through this pooler. */
  public String through(String url) {
    return url.replaceFirst("127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.close("KILL");
  }
}
