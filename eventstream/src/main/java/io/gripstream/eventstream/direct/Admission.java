package io.gripstream.eventstream.direct;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts streams against the limits. Thread-safe. */
final class Admission {
  private final DirectOptions options;
  private final AtomicInteger total = new AtomicInteger();
  private final Tally users;
  private final Tally addresses;
  private volatile boolean isClosed;

  Admission(DirectOptions options) {
    this.options = options;
    this.users = new Tally(options.maxPerUser());
    this.addresses = new Tally(options.maxPerAddress());
  }

  /** What is said to a request for a stream. */
  sealed interface Answer {
    record Admitted(Seat seat) implements Answer {}

    /** @param reason a sentence for the client */
    record Refused(int status, String reason) implements Answer {}
  }

  Answer admit(@Nullable String user, String address) {
    if (isClosed) {
      return new Answer.Refused(503, "The server is shutting down.");
    }
    if (total.incrementAndGet() > options.maxConnections()) {
      total.decrementAndGet();
      return new Answer.Refused(503, "The server holds as many streams as it may.");
    }
    if (user != null && !users.enter(user)) {
      total.decrementAndGet();
      return new Answer.Refused(429, "This user has as many streams as one user may.");
    }
    if (!addresses.enter(address)) {
      total.decrementAndGet();
      users.leave(user);
      return new Answer.Refused(429, "This address has as many streams as one address may.");
    }
    return new Answer.Admitted(
        new Seat(this, users.counts() ? user : null, addresses.counts() ? address : null));
  }

  void left(@Nullable String user, @Nullable String address) {
    total.decrementAndGet();
    users.leave(user);
    addresses.leave(address);
  }

  int total() {
    return total.get();
  }

  /** Nobody is admitted any more. */
  void close() {
    isClosed = true;
  }

  /** How many streams each user, or address, has; nothing is kept when there is no limit. */
  private static final class Tally {
    private final int limit;
    private final ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();

    Tally(int limit) {
      this.limit = limit;
    }

    boolean counts() {
      return limit != DirectOptions.UNLIMITED;
    }

    boolean enter(String name) {
      if (!counts()) {
        return true;
      }
      boolean[] isEntered = new boolean[1];
      counts.compute(name, (n, count) -> {
        int before = count == null ? 0 : count;
        isEntered[0] = before < limit;
        return isEntered[0] ? Integer.valueOf(before + 1) : count;
      });
      return isEntered[0];
    }

    void leave(@Nullable String name) {
      if (counts() && name != null) {
        counts.computeIfPresent(name, (n, count) -> count == 1 ? null : count - 1);
      }
    }
  }
}
