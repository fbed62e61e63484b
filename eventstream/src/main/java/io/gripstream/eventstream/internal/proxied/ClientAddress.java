package io.gripstream.eventstream.internal.proxied;

import io.gripstream.grip.internal.Addresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Finds the address of a client behind proxies, from {@code X-Forwarded-For}, where each proxy adds
 * its peer at the end. From the end, addresses of this machine and of private networks count as
 * further proxies, as long as there is an address before them. Pure functions.
 */
final class ClientAddress {
  private static final int SITE_BYTES = 8;

  private ClientAddress() {}

  /**
   * Returns the part of the address that is the same for one client: an IPv4 address, or the 64
   * bits of an IPv6 network.
   *
   * @param forwarded the values of the header, in order
   * @return empty if it is unknown: there is none, or it is this machine; then a front proxy that
   *     does not report its clients may stand for all of them
   */
  static Optional<String> of(List<String> forwarded) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String value : forwarded) {
      for (String part : value.split(",", -1)) {
        Addresses.parse(part.strip()).ifPresent(addresses::add);
      }
    }
    int at = addresses.size() - 1;
    while (at > 0 && isInside(addresses.get(at))) {
      at--;
    }
    return at < 0 || addresses.get(at).isLoopbackAddress()
        ? Optional.empty()
        : Optional.of(key(addresses.get(at)));
  }

  private static boolean isInside(InetAddress address) {
    boolean isUniqueLocal =
        address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
    return address.isLoopbackAddress() || address.isSiteLocalAddress() || isUniqueLocal;
  }

  private static String key(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(bytes, SITE_BYTES))
        : String.valueOf(address.getHostAddress());
  }
}
