package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers the outcome of requests, and logs only changes. */
final class HealthLog {

  private static final Logger LOG = LoggerFactory.getLogger(ProxyPublisher.class);

  /** @param isRefused whether the endpoint answered but did not accept the items */
  private record Entry(
      ProxyHealth.State state,
      @Nullable Instant since,
      @Nullable String error,
      boolean isRefused) {
    boolean isSilent() {
      return state == ProxyHealth.State.UNKNOWN && error != null;
    }
  }

  private final GripProxy proxy;
  private final Clock clock;
  private volatile Entry last = new Entry(ProxyHealth.State.UNKNOWN, null, null, false);

  HealthLog(GripProxy proxy, Clock clock) {
    this.proxy = proxy;
    this.clock = clock;
  }

  /** The endpoint accepted the items, or named their fault. */
  void ok() {
    Entry before = last;
    if (before.state() == ProxyHealth.State.OK) {
      return;
    }
    last = new Entry(ProxyHealth.State.OK, clock.instant(), before.error(), false);
    if (before.isSilent()) {
      LOG.info("GRIP proxy {} answers", proxy.name());
    } else if (before.state() == ProxyHealth.State.DEGRADED) {
      LOG.info("GRIP proxy {} answers again", proxy.name());
    }
  }

  /** The endpoint answered a request without items. */
  void answered() {
    if (!last.isRefused()) {
      ok();
    }
  }

  /** The endpoint did not answer a request without items. */
  void silent(String problem) {
    Entry before = last;
    if (before.state() != ProxyHealth.State.UNKNOWN) {
      degraded(problem, false);
      return;
    }
    last = new Entry(before.state(), null, problem, false);
    if (!before.isSilent()) {
      LOG.warn(
          "GRIP proxy {} does not answer yet, its clients get nothing: {}", proxy.name(), problem);
    }
  }

  /** @param isRefused whether the endpoint answered */
  void degraded(String problem, boolean isRefused) {
    Entry before = last;
    boolean was = before.state() == ProxyHealth.State.DEGRADED;
    last = new Entry(
        ProxyHealth.State.DEGRADED, was ? before.since() : clock.instant(), problem, isRefused);
    if (!was && !before.isSilent()) {
      LOG.warn("GRIP proxy {} cannot be published to: {}", proxy.name(), problem);
    }
  }

  ProxyHealth health(int queuedItems, long queuedBytes) {
    Entry now = last;
    return new ProxyHealth(now.state(), now.since(), now.error(), queuedItems, queuedBytes);
  }
}
