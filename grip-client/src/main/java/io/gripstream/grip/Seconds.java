package io.gripstream.grip;

import java.time.Duration;

/** GRIP counts time in whole seconds. */
final class Seconds {

  private Seconds() {}

  static Duration require(String what, Duration value) {
    if (value.getNano() != 0 || value.getSeconds() < 1 || value.getSeconds() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          what + " is " + value + ", but GRIP counts in whole seconds from 1");
    }
    return value;
  }
}
