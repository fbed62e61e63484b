package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.javalin.Javalin;
import io.javalin.json.JavalinJackson3;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthApiTest {
  @TempDir
  Path directory;

  private final AtomicLong nanos = new AtomicLong();

  /** Each try writes, and strangers may ask as often as they like. */
  @Test
  void storage_is_tried_once_a_second_however_often_it_is_asked_for() throws Exception {
    String database = "jdbc:sqlite:" + directory.resolve("events.db");
    try (EventStream events =
        EventStream.create(config -> config.store(EventStores.of(database)))) {
      events.start();
      HealthApi health =
          new HealthApi(events, new Rights(authenticator(), new Nobody()), nanos::get);
      Javalin server = Javalin.create(config -> {
            config.jsonMapper(new JavalinJackson3(Json.mapper(), false));
            health.register(config.routes);
          })
          .start(0);
      try (var other = DriverManager.getConnection(database);
          var statement = other.createStatement()) {
        assertThat(status(server.port())).isEqualTo(200);
        statement.execute("ALTER TABLE gripstream_meta RENAME TO elsewhere");
        nanos.addAndGet(999_999_999);
        assertThat(status(server.port())).as("not tried again").isEqualTo(200);
        nanos.addAndGet(1);
        assertThat(status(server.port())).isEqualTo(503);
        statement.execute("ALTER TABLE elsewhere RENAME TO gripstream_meta");
        assertThat(status(server.port())).as("not tried again").isEqualTo(503);
      } finally {
        server.stop();
      }
    }
  }

  private static Authenticator authenticator() {
    return Authenticator.create(
        SettingsReader.read(
                Sources.read(null, Map.of("GRIPSTREAM_API_KEYS", "3f9a8b7c6d5e4f3a2b1c"), Map.of()))
            .auth(),
        List.of(),
        "127.0.0.1",
        Clock.systemUTC(),
        null,
        "",
        false);
  }

  private static int status(int port) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/health/ready");
    return ((HttpURLConnection) uri.toURL().openConnection()).getResponseCode();
  }

  /** Nothing is revoked. */
  private static final class Nobody implements Revoking {
    @Override
    public boolean isRevoked(@Nullable String user, String channel) {
      return false;
    }

    @Override
    public boolean isRevoked(@Nullable String user) {
      return false;
    }

    @Override
    public void revoke(String user, String channel, Instant until) {}

    @Override
    public void lift(String user, String channel) {}

    @Override
    public List<Entry> list(@Nullable String user, int most) {
      return List.of();
    }
  }
}
