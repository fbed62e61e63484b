package io.gripstream.grip.internal;

import java.net.InetAddress;
import java.util.Arrays;

/** Prints which of its arguments count as addresses, and whether the JVM's resolver knows one. */
final class AddressLookups {
  private AddressLookups() {}

  public static void main(String[] texts) throws Exception {
    boolean isResolved = InetAddress.getByName(texts[0]).isLoopbackAddress();
    System.out.println("resolver: " + isResolved + ", looked up: "
        + Arrays.stream(texts)
            .filter(text -> Addresses.isLoopback(text) || Addresses.parse(text).isPresent())
            .toList());
  }
}
