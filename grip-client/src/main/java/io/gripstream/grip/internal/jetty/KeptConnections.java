package io.gripstream.grip.internal.jetty;

import java.time.Duration;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Keeps connections without a request for longer than proxies do: Pushpin 1.41 for 55 s, nginx and
 * AWS load balancers for 60 s. Jetty's default is 30 s. The side that closes first must be the
 * proxy. If the server closes while a request is on its way, Pushpin 1.41 does not repeat the
 * request: a client gets 502, or streams that wait for the answer fall silent.
 */
public final class KeptConnections {
  static final Duration IDLE = Duration.ofSeconds(75);

  private static final long DEFAULT_MILLIS = 30_000;

  private KeptConnections() {}

  /** Applies it when the server starts, to connectors that have Jetty's default. */
  public static void use(Server server) {
    server.addEventListener(new LifeCycle.Listener() {
      @Override
      public void lifeCycleStarting(LifeCycle starting) {
        for (Connector connector : server.getConnectors()) {
          if (connector instanceof AbstractConnector own
              && own.getIdleTimeout() == DEFAULT_MILLIS) {
            own.setIdleTimeout(IDLE.toMillis());
          }
        }
      }
    });
  }
}
