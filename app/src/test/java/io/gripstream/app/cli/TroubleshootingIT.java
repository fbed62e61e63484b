package io.gripstream.app.cli;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.Certificate;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.testtools.PostgresServer;
import io.gripstream.testtools.Tmpfs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second table of {@code docs/troubleshooting.md}: failures that need a database or a disk. */
class TroubleshootingIT {
  private static final String DATABASE_URL = "DATABASE_URL";

  @TempDir
  Path directory;

  private final TypedFailures typed = new TypedFailures();

  @Test
  void the_page_has_failures_of_databases_and_disks() throws Exception {
    postgres();
    full();
    readOnly();

    typed.expectOn(
        Path.of("../docs/troubleshooting.md"), Path.of("target/troubleshooting-storage.md"));
  }

  private void postgres() throws Exception {
    PostgresServer server = PostgresServer.shared();
    String database = server.newDatabase().replaceAll(".*/(\\w+)\\?.*", "$1");
    String place = "127.0.0.1:" + server.port() + "/" + database;
    int nobody = Ports.free(1).get(0);
    typed.show(place, "db.example/app");
    typed.show("127.0.0.1:" + server.port(), "db.example");
    typed.show("127.0.0.1:" + nobody, "db.example");
    typed.show(database, "app");
    try (Connection admin = server.connect(database);
        Statement statement = admin.createStatement()) {
      make(statement, "locked_up", "PASSWORD 'right'");
      make(statement, "guest", "");
      askForPassword(statement, "locked_up");
      statement.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    }
    fails("postgres://app:secret@nohost.invalid/app");
    fails("postgres://app:secret@127.0.0.1:" + nobody + "/app");
    fails("postgres://locked_up:wrong@" + place);
    fails("postgres://locked_up@" + place);
    fails("postgres://postgres@" + place + "?sslmode=require");
    untrusted(server, database, place);
    fails("postgres://postgres@127.0.0.1:" + server.port() + "/nowhere");
    fails("postgres://guest@" + place);
  }

  /** With TLS for a moment, and a self-signed certificate. */
  private void untrusted(PostgresServer server, String database, String place) throws Exception {
    Certificate own = Certificate.create(Files.createDirectory(directory.resolve("tls")));
    Certificate other = Certificate.create(Files.createDirectory(directory.resolve("other")));
    typed.show(other.certificate().toString(), "/srv/authority.pem");
    try (Connection admin = server.connect(database);
        Statement statement = admin.createStatement()) {
      try (ResultSet folder = statement.executeQuery("SHOW data_directory")) {
        folder.next();
        Path data = Path.of(folder.getString(1));
        give(own.certificate(), data.resolve("tls.pem"));
        give(own.key(), data.resolve("tls.key"));
      }
      statement.execute("ALTER SYSTEM SET ssl_cert_file = 'tls.pem'");
      statement.execute("ALTER SYSTEM SET ssl_key_file = 'tls.key'");
      statement.execute("ALTER SYSTEM SET ssl = on");
      statement.execute("SELECT pg_reload_conf()");
      try {
        eventually(() -> assertThat(isOn(statement)).isTrue());
        fails("postgres://postgres@" + place + "?sslmode=verify-full&sslrootcert="
            + other.certificate());
      } finally {
        statement.execute("ALTER SYSTEM RESET ssl");
        statement.execute("SELECT pg_reload_conf()");
      }
    }
  }

  private static boolean isOn(Statement statement) throws SQLException {
    try (ResultSet on = statement.executeQuery("SHOW ssl")) {
      return on.next() && on.getString(1).equals("on");
    }
  }

  /** PostgreSQL takes a key of its own user only. */
  private static void give(Path file, Path to) throws IOException {
    Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
    Files.setOwner(to, Files.getOwner(to.getParent()));
  }

  private static void make(Statement statement, String role, String how) throws SQLException {
    statement.execute("DROP ROLE IF EXISTS " + role);
    statement.execute("CREATE ROLE " + role + " LOGIN " + how);
  }

  private static void askForPassword(Statement statement, String role) throws Exception {
    try (ResultSet file = statement.executeQuery("SHOW hba_file")) {
      file.next();
      Path rules = Path.of(file.getString(1));
      Files.writeString(
          rules, "host all " + role + " all scram-sha-256\n" + Files.readString(rules));
    }
    statement.execute("SELECT pg_reload_conf()");
  }

  private void full() throws IOException {
    try (Tmpfs disk = Tmpfs.mount(directory.resolve("full"), "size=2m")) {
      typed.show(disk.folder().toString(), "/srv");
      String url = "jdbc:sqlite:" + disk.folder().resolve("events.db");
      CommandLineRun.of(Map.of(DATABASE_URL, url), "migrate");
      try (OutputStream rest = Files.newOutputStream(disk.folder().resolve("rest"))) {
        while (true) {
          rest.write(new byte[512]);
        }
      } catch (IOException isFull) {
        fails(url);
      }
    }
  }

  private void readOnly() {
    try (Tmpfs disk = Tmpfs.mount(directory.resolve("read-only"), "size=2m")) {
      typed.show(disk.folder().toString(), "/srv");
      String url = "jdbc:sqlite:" + disk.folder().resolve("events.db");
      CommandLineRun.of(Map.of(DATABASE_URL, url), "migrate");
      disk.remount("ro");
      fails(url);
    }
  }

  private void fails(String url) {
    typed.fails(Map.of(DATABASE_URL, url), "publish", "news", "Hello");
  }
}
