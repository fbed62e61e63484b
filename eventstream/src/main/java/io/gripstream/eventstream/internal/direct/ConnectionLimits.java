package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.internal.door.StreamExchange;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts streams, by user and by address, against the limits. Thread-safe. */
final class ConnectionLimits {
  private static final Answer.Refused CLOSING =
      new Answer.Refused(503, "The server is shutting down.");
  private static final Answer.Refused FULL =
      new Answer.Refused(503, "The server has reached its maximum number of streams.");
  private static final Answer.Refused TOO_MANY_OF_USER =
      new Answer.Refused(429, "This user has reached the maximum number of streams.");
  private static final Answer.Refused TOO_MANY_OF_ADDRESS =
      new Answer.Refused(429, "This address has reached the maximum number of streams.");

  private final DirectSettings settings;
  private final DirectOptions options;
  private final AtomicInteger total = new AtomicInteger();
  private final Tally users;
  private final Tally addresses;

  /** The seat of every stream that counts for no user and no address. */
  private final Seat anySeat = why -> total.decrementAndGet();

  private volatile boolean isClosed;

  ConnectionLimits(DirectSettings settings) {
    this.settings = settings;
    this.options = settings.options();
    this.users = new Tally(options.maxStreamsPerUser(), true);
    this.addresses =
        new Tally(options.maxStreamsPerAddress(), isLimited(options.maxStreamsPerAddress()));
  }

  /** The answer to a request for a stream. */
  sealed interface Answer {
    /** @param seat its share of the limits; given back once, when the stream has ended */
    record Admitted(Seat seat) implements Answer {}

    /** @param reason a sentence for the client */
    record Refused(int status, String reason) implements Answer {}
  }

  /** Returns why a stream would be refused now; null: it would not. Takes no seat. */
  Answer.@Nullable Refused refusal(@Nullable String user, String address) {
    if (isClosed) {
      return CLOSING;
    }
    if (total.get() >= options.maxStreams()) {
      return FULL;
    }
    if (user != null && users.isFull(user)) {
      return TOO_MANY_OF_USER;
    }
    return addresses.isFull(address) ? TOO_MANY_OF_ADDRESS : null;
  }

  Answer admit(@Nullable String user, String address) {
    if (isClosed) {
      return CLOSING;
    }
    if (total.incrementAndGet() > options.maxStreams()) {
      total.decrementAndGet();
      return FULL;
    }
    if (user != null && !users.enter(user)) {
      total.decrementAndGet();
      return TOO_MANY_OF_USER;
    }
    if (!addresses.enter(address)) {
      total.decrementAndGet();
      users.leave(user);
      return TOO_MANY_OF_ADDRESS;
    }
    return new Answer.Admitted(
        user != null || addresses.isCounting ? why -> leave(user, address) : anySeat);
  }

  /** Returns whether the user has a stream. False if the user's first one is only being opened. */
  boolean hasStreams(String user) {
    return users.has(user);
  }

  private void leave(@Nullable String user, @Nullable String address) {
    total.decrementAndGet();
    users.leave(user);
    addresses.leave(address);
  }

  /** Writes a refusal: when to return, and one sentence of text. */
  void refuse(StreamExchange exchange, Answer.Refused refusal) {
    long spread = Math.max(1, options.retrySpread().toSeconds());
    long seconds = Math.max(1, options.retryAtLeast().toSeconds())
        + (long) (settings.random().nextDouble() * spread);
    exchange.status(refusal.status());
    exchange.setHeader("Retry-After", Long.toString(seconds));
    exchange.setHeader("Content-Type", "text/plain; charset=utf-8");
    exchange.body((refusal.reason() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  int total() {
    return total.get();
  }

  boolean isClosed() {
    return isClosed;
  }

  /** Admits no more streams. */
  void close() {
    isClosed = true;
  }

  private static boolean isLimited(int limit) {
    return limit != DirectOptions.UNLIMITED;
  }

  /** Number of streams per user or address. */
  private static final class Tally {
    private final int limit;
    private final boolean isCounting;
    private final ConcurrentHashMap<String, Integer> counted = new ConcurrentHashMap<>();

    /** @param isCounting false: it lets everybody in, and knows of nobody */
    Tally(int limit, boolean isCounting) {
      this.limit = limit;
      this.isCounting = isCounting;
    }

    boolean isFull(String name) {
      return isLimited(limit) && counted.getOrDefault(name, 0) >= limit;
    }

    boolean has(String name) {
      return counted.containsKey(name);
    }

    boolean enter(String name) {
      if (!isCounting) {
        return true;
      }
      boolean[] isEntered = new boolean[1];
      counted.compute(name, (n, count) -> {
        int before = count == null ? 0 : count;
        isEntered[0] = !isLimited(limit) || before < limit;
        return isEntered[0] ? Integer.valueOf(before + 1) : count;
      });
      return isEntered[0];
    }

    void leave(@Nullable String name) {
      if (isCounting && name != null) {
        counted.computeIfPresent(name, (n, count) -> count == 1 ? null : count - 1);
      }
    }
  }
}
