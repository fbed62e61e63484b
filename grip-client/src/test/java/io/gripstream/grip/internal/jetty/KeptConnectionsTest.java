package io.gripstream.grip.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

class KeptConnectionsTest {
  /** Pushpin keeps a connection for 55 s without a request, nginx for 60 s. */
  private static final long LONGEST_OF_PROXIES = Duration.ofSeconds(60).toMillis();

  @Test
  void theServerKeepsAConnectionForLongerThanItsProxies() throws Exception {
    assertThat(idleTimeout(connector -> {})).isGreaterThan(LONGEST_OF_PROXIES);
  }

  @Test
  void aTimeThatTheApplicationSetsStays() throws Exception {
    assertThat(idleTimeout(connector -> connector.setIdleTimeout(20_000))).isEqualTo(20_000);
  }

  @Test
  void noLimitStaysNoLimit() throws Exception {
    assertThat(idleTimeout(connector -> connector.setIdleTimeout(-1))).isEqualTo(-1);
  }

  private interface Settings {
    void set(ServerConnector connector);
  }

  private static long idleTimeout(Settings settings) throws Exception {
    Server server = new Server();
    KeptConnections.use(server);
    ServerConnector connector = new ServerConnector(server);
    settings.set(connector);
    server.addConnector(connector);
    server.start();
    try {
      return connector.getIdleTimeout();
    } finally {
      server.stop();
    }
  }
}
