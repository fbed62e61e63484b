package io.gripstream.eventstream.internal.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.EventStoreContract;
import io.gripstream.eventstream.testkit.IdempotencyContract;
import io.gripstream.eventstream.testkit.RetentionContract;
import io.gripstream.eventstream.testkit.RevocationsContract;
import io.gripstream.testtools.RedisServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Every script on Valkey: the installed one, or the one that {@code scripts/get-valkey} brings. */
class ValkeyEventStoreIT {
  private static RedisServer server;

  /** Each test has an instance of this class, and so a database. */
  private final String url = server.newDatabase();

  @BeforeAll
  static void startValkey() throws IOException, InterruptedException {
    Process script = new ProcessBuilder("../scripts/get-valkey")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    String program = new String(script.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(script.waitFor()).as("exit code of scripts/get-valkey").isZero();
    server = RedisServer.startOf(program);
    assertThat(server.text("INFO", "server")).contains("server_name:valkey");
  }

  @AfterAll
  static void endValkey() {
    if (server != null) {
      server.close();
    }
  }

  @Nested
  class Contract extends EventStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return EventStores.redis(url, options);
    }
  }

  @Nested
  class Idempotency extends IdempotencyContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return EventStores.redis(url, options);
    }
  }

  @Nested
  class Retention extends RetentionContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return EventStores.redis(url, options);
    }
  }

  @Nested
  class Revocations extends RevocationsContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return EventStores.redis(url, options);
    }
  }
}
