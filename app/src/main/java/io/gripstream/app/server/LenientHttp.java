package io.gripstream.app.server;

import io.gripstream.app.api.Undecodable;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * HTTP/1.1 that passes requests with an undecodable path on, under another path where they are
 * refused. Jetty alone forgets their method and headers, and answers HEAD with a body.
 */
final class LenientHttp extends HttpConnectionFactory {
  private LenientHttp(HttpConfiguration http) {
    super(http);
  }

  /** For all connectors of a server that is not started yet. */
  static void use(Server server) {
    server.addEventListener(new LifeCycle.Listener() {
      @Override
      public void lifeCycleStarting(LifeCycle starting) {
        for (Connector connector : server.getConnectors()) {
          HttpConnectionFactory http = connector.getConnectionFactory(HttpConnectionFactory.class);
          if (connector instanceof ServerConnector own && http != null) {
            own.addConnectionFactory(new LenientHttp(http.getHttpConfiguration()));
          }
        }
      }
    });
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    HttpConnection connection = new Lenient(getHttpConfiguration(), connector, endPoint);
    connection.setTransferEncodingChunkMaxLength(getTransferEncodingChunkMaxLength());
    return configure(connection, connector, endPoint);
  }

  private static final class Lenient extends HttpConnection {
    private final UriCompliance compliance;

    Lenient(HttpConfiguration http, Connector connector, EndPoint endPoint) {
      super(http, connector, endPoint);
      this.compliance = http.getUriCompliance();
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
      boolean isFine = uri.indexOf('%') < 0 || isDecodable(method, uri);
      return super.newHttpStream(method, isFine ? uri : Undecodable.instead(uri), version);
    }

    private boolean isDecodable(String method, String uri) {
      try {
        return HttpURI.from(method, uri).getViolations().stream().allMatch(compliance::allows);
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
  }
}
