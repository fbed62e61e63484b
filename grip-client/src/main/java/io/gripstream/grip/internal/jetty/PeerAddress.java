package io.gripstream.grip.internal.jetty;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/** The address at the other end of a connection. */
public final class PeerAddress {
  private PeerAddress() {}

  /**
   * Returns the numeric address. Jetty's customizer for forwarded requests replaces the address in
   * the request by that in a header, which a client may have written.
   */
  public static String of(HttpServletRequest request) {
    ServletContextRequest jetty = ServletContextRequest.getServletContextRequest(request);
    if (jetty != null) {
      SocketAddress peer =
          jetty.getConnectionMetaData().getConnection().getEndPoint().getRemoteSocketAddress();
      if (peer instanceof InetSocketAddress address && address.getAddress() != null) {
        return address.getAddress().getHostAddress();
      }
    }
    return request.getRemoteAddr();
  }
}
