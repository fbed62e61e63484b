package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers how requests ended, and logs only when that changes. */
final class HealthLog {

  private static final Logger LOG = LoggerFactory.getLogger(ProxyPublisher.class);

  private record Entry(
      ProxyHealth.State state,
      @Nullable Instant since,
      @Nullable String error) {}

  private final GripProxy proxy;
  private final Clock clock;
  private volatile Entry last = new Entry(ProxyHealth.State.UNKNOWN, null, null);

  HealthLog(GripProxy proxy, Clock clock) {
    this.proxy = proxy;
    this.clock = clock;
  }

  void ok() {
    Entry before = last;
    if (before.state() == ProxyHealth.State.OK) {
      return;
    }
    last = new Entry(ProxyHealth.State.OK, clock.instant(), before.error());
    if (before.state() == ProxyHealth.State.DEGRADED) {
      LOG.info("GRIP proxy {} answers again", proxy.name());
    }
  }

  void degraded(String problem) {
    Entry before = last;
    boolean was = before.state() == ProxyHealth.State.DEGRADED;
    last = new Entry(ProxyHealth.State.DEGRADED, was ? before.since() : clock.instant(), problem);
    if (!was) {
      LOG.warn("Cannot publish to GRIP proxy {}: {}", proxy.name(), problem);
    }
  }

  ProxyHealth health(int queuedItems, long queuedBytes) {
    Entry now = last;
    return new ProxyHealth(now.state(), now.since(), now.error(), queuedItems, queuedBytes);
  }
}
