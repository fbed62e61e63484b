package io.gripstream.eventstream.direct;

import java.time.Duration;

public record DirectOptions(Duration keepAlive) {
  public static final DirectOptions DEFAULT = new DirectOptions(Duration.ofSeconds(20));

  public DirectOptions withKeepAlive(Duration d) {
    return new DirectOptions(d);
  }
}
