package io.gripstream.app.auth;

import io.gripstream.grip.internal.Addresses;
import io.javalin.http.Context;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recognises this machine in addresses and {@code Host} headers. Nothing is looked up. */
final class Loopback {
  private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");

  private Loopback() {}

  /**
   * Returns whether a literal address is loopback. The only name that is loopback is
   * {@code localhost}.
   */
  static boolean isAddress(String address) {
    String bare = address.startsWith("[") && address.endsWith("]")
        ? address.substring(1, address.length() - 1)
        : address;
    return bare.equalsIgnoreCase("localhost") || Addresses.isLoopback(bare);
  }

  /**
   * Returns whether the request's {@code Host} is loopback. A page whose name points here (DNS
   * rebinding) has that name there.
   */
  static boolean isHost(Context ctx) {
    String host = host(ctx);
    return host != null && isAddress(PORT.matcher(host).replaceFirst(""));
  }

  /** HTTP/2 has the host in its own field ({@code :authority}), which the server has read. */
  private static @Nullable String host(Context ctx) {
    String host = ctx.header("Host");
    return host == null && ctx.protocol().startsWith("HTTP/2") ? ctx.req().getServerName() : host;
  }
}
