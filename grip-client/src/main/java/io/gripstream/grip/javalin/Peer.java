package io.gripstream.grip.javalin;

import io.javalin.http.Context;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Who is at the other end of the connection. */
final class Peer {

  private Peer() {}

  static boolean isLoopback(Context ctx) {
    try {
      // An address in numbers, so nothing is looked up.
      return InetAddress.getByName(ctx.req().getRemoteAddr()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
