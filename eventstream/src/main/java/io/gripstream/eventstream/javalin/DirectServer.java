package io.gripstream.eventstream.javalin;

import io.gripstream.grip.internal.jetty.IdleFence;
import io.gripstream.grip.internal.jetty.KeptConnections;
import io.javalin.config.JettyConfig;
import java.time.Duration;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LowResourceMonitor;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * Prepares Javalin's Jetty for many streams. Apply it while Javalin is configured. It covers
 * Javalin's own connector and connectors that the application adds.
 */
public final class DirectServer {
  /** Size of the accept queue; the kernel's {@code somaxconn} may be lower. */
  public static final int ACCEPT_QUEUE = 16_384;

  /** Grace period for running requests when the server stops. Streams end first. */
  public static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private static final int MAX_HTTP2_STREAMS = 1_000;

  private DirectServer() {}

  /**
   * Applies these settings unless the application has set them: an accept queue of
   * {@value #ACCEPT_QUEUE} (with Java's default of 50, a thousand reconnecting clients wait for
   * seconds), HTTP/2 without TLS beside HTTP/1.1 (prior knowledge and upgrade), 75 s for a
   * connection without a request (longer than proxies keep it; an application's own time stays
   * unless it is Jetty's default of 30 s), a stop time-out of 5 s, and plain-text errors for
   * requests that no application sees. Removes Javalin's low-resource monitor, which would close
   * idle connections just when many clients come. Repairs two faults of Jetty that mix answers when
   * a connection is idle for too long.
   *
   * <p>The plugin of {@code EventStream} applies it, and drains streams before Jetty waits for
   * requests.
   */
  public static void apply(JettyConfig jetty) {
    jetty.modifyServer(server -> {
      IdleFence.use(server);
      KeptConnections.use(server);
      server.addEventListener(new LifeCycle.Listener() {
        @Override
        public void lifeCycleStarting(LifeCycle starting) {
          tune(server);
        }
      });
    });
  }

  /**
   * Adds a connector for HTTPS with HTTP/2 and HTTP/1.1, chosen by ALPN. Over HTTP/1.1 a browser
   * opens at most six streams per host; over HTTP/2 there is no such limit.
   *
   * @param host null: all addresses
   * @param port 0: any free one
   * @param tls must have a key store
   */
  public static void addTlsConnector(
      JettyConfig jetty, @Nullable String host, int port, SslContextFactory.Server tls) {
    jetty.addConnector((server, http) -> {
      HttpConfiguration https = new HttpConfiguration(http);
      https.addCustomizer(new SecureRequestCustomizer(false));
      ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
      alpn.setDefaultProtocol("http/1.1");
      HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(https);
      http2.setMaxConcurrentStreams(MAX_HTTP2_STREAMS);
      ServerConnector connector = new ServerConnector(
          server,
          new SslConnectionFactory(tls, alpn.getProtocol()),
          alpn,
          http2,
          new HttpConnectionFactory(https));
      connector.setHost(host);
      connector.setPort(port);
      return connector;
    });
  }

  private static void tune(Server server) {
    server.getBeans(LowResourceMonitor.class).forEach(server::removeBean);
    if (server.getStopTimeout() == 0) {
      server.setStopTimeout(STOP_TIMEOUT.toMillis());
    }
    if (server.getErrorHandler() == null
        || server.getErrorHandler().getClass() == ErrorHandler.class) {
      server.setErrorHandler(new PlainErrors());
    }
    for (Connector connector : server.getConnectors()) {
      if (connector instanceof ServerConnector own) {
        tune(own);
      }
    }
  }

  private static void tune(ServerConnector connector) {
    if (connector.getAcceptQueueSize() == 0) {
      connector.setAcceptQueueSize(ACCEPT_QUEUE);
    }
    HttpConnectionFactory http = connector.getConnectionFactory(HttpConnectionFactory.class);
    boolean isPlain = connector.getConnectionFactory(SslConnectionFactory.class) == null;
    if (http != null
        && isPlain
        && connector.getConnectionFactory(HTTP2CServerConnectionFactory.class) == null) {
      HTTP2CServerConnectionFactory http2 =
          new HTTP2CServerConnectionFactory(http.getHttpConfiguration());
      http2.setMaxConcurrentStreams(MAX_HTTP2_STREAMS);
      connector.addConnectionFactory(http2);
    }
  }
}
