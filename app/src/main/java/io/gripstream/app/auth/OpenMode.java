package io.gripstream.app.auth;

import io.javalin.http.Context;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are served while no key is configured: those that a program or page of this very
 * machine makes straight to us. A web page elsewhere that makes its visitor's browser send
 * something here is given away by {@code Origin} or {@code Host}; a proxy that forwards strangers,
 * by what it adds.
 */
final class OpenMode {
  private static final List<String> FORWARDING = List.of("Grip-Sig", "Via", "Forwarded");
  private static final String FORWARDING_PREFIX = "x-forwarded-";
  private static final Pattern LOOPBACK_HOST =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  private static final Pattern LITERAL =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*(%.*)?");

  private OpenMode() {}

  /** Why the request is not served; null: it is. */
  static @Nullable String refusal(Context ctx) {
    if (!isLoopback(ctx.req().getRemoteAddr())) {
      return "it comes from another machine";
    }
    for (String name : FORWARDING) {
      if (ctx.header(name) != null) {
        return "it was forwarded (" + name + ")";
      }
    }
    for (String name : Collections.list(ctx.req().getHeaderNames())) {
      if (name.toLowerCase(Locale.ROOT).startsWith(FORWARDING_PREFIX)) {
        return "it was forwarded (X-Forwarded-…)";
      }
    }
    String host = host(ctx);
    if (host == null || !LOOPBACK_HOST.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
      return "its Host is not a loopback name";
    }
    String origin = ctx.header("Origin");
    if (origin != null && !origin.equalsIgnoreCase("http://" + host)) {
      return "a page of another origin made it";
    }
    return null;
  }

  /** HTTP/2 has the host in a field of its own ({@code :authority}), which the server has read. */
  private static @Nullable String host(Context ctx) {
    String host = ctx.header("Host");
    return host == null && ctx.protocol().startsWith("HTTP/2")
        ? ctx.req().getServerName() + ":" + ctx.req().getServerPort()
        : host;
  }

  /** Whether a literal address is loopback; a name is not, so that nothing is looked up. */
  static boolean isLoopback(String address) {
    String bare = address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
    if (bare.equalsIgnoreCase("localhost")) {
      return true;
    }
    if (!LITERAL.matcher(bare).matches()) {
      return false;
    }
    try {
      return InetAddress.getByName(bare).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
