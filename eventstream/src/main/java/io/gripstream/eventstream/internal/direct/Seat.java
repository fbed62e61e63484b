package io.gripstream.eventstream.internal.direct;

import org.jspecify.annotations.Nullable;

/** One admitted stream's share of the limits. Left once, by whoever ends the stream. */
final class Seat {
  private final Admission admission;
  private final @Nullable String user;
  private final @Nullable String address;

  Seat(Admission admission, @Nullable String user, @Nullable String address) {
    this.admission = admission;
    this.user = user;
    this.address = address;
  }

  void leave() {
    admission.left(user, address);
  }
}
