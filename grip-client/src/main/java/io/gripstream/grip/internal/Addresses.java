package io.gripstream.grip.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Literal IP addresses. Pure functions: no name is ever looked up. */
public final class Addresses {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  /** Of other texts, Java's parser takes some for names, and asks a resolver for them. */
  private static final Pattern LITERAL =
      Pattern.compile(OCTET + "(\\." + OCTET + "){3}|(?=.*:)[0-9A-Fa-f:][0-9A-Fa-f:.]*");

  /** The network interface of an IPv6 address. */
  private static final Pattern ZONE = Pattern.compile("%[\\w.-]+$");

  private Addresses() {}

  /** Returns the address; empty if the text is none, or has brackets or a zone. */
  public static Optional<InetAddress> parse(String text) {
    if (!LITERAL.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Returns one text for all ways to write an address, with its zone; empty if it is none. */
  public static Optional<String> canonical(String text) {
    String bare = withoutZone(text);
    return parse(bare).map(address -> address.getHostAddress() + text.substring(bare.length()));
  }

  /** Returns whether it is an address, perhaps with a zone. */
  public static boolean isLiteral(String text) {
    return parse(withoutZone(text)).isPresent();
  }

  /** Returns whether it is a loopback address, perhaps with a zone. */
  public static boolean isLoopback(String text) {
    return parse(withoutZone(text)).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  private static String withoutZone(String text) {
    return text.contains(":") ? ZONE.matcher(text).replaceFirst("") : text;
  }
}
