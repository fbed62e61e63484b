package io.gripstream.grip.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Literal IP addresses. Pure functions: no name is ever looked up. */
public final class Addresses {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
  private static final Pattern LITERAL =
      Pattern.compile(OCTET + "(\\." + OCTET + "){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*(%.*)?");

  private Addresses() {}

  /** Returns whether it is a loopback address, written without brackets. */
  public static boolean isLoopback(String address) {
    try {
      return LITERAL.matcher(address).matches()
          && InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
