package io.gripstream.app.auth;

import io.gripstream.grip.internal.NoAnswer;
import io.gripstream.grip.internal.Threads;
import io.jsonwebtoken.Header;
import io.jsonwebtoken.JwsHeader;
import java.io.IOException;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys behind one URL, for one issuer. Both are fixed by the configuration, and each
 * instance has its own cache, so a key id of another issuer never finds a key here.
 *
 * <p>A token with a known key never waits. The set is read again in the background every 10 min;
 * keys of an unreadable set stay valid for 24 h. For an unknown key, one request waits for the set
 * and others get 503, at most every 30 s. After a failure there is a pause of 5 s to 60 s, counted
 * from its end. Thread-safe; {@link #locate} may block for one fetch.
 */
final class JwksKeys implements KeySource {
  private static final Logger LOG = LoggerFactory.getLogger(JwksKeys.class);

  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration GOOD = Duration.ofHours(24);
  private static final Duration BETWEEN = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
  private static final long LOOK_EVERY_SECONDS = 1;

  private final JwksFetch source;
  private final Clock clock;
  private final ScheduledExecutorService fetcher;
  private final Semaphore waiting = new Semaphore(1);
  private volatile State state = State.NOTHING;

  // Guarded by this.
  private @Nullable CompletableFuture<Void> underway;

  JwksKeys(JwksFetch source, Clock clock) {
    this.source = source;
    this.clock = clock;
    this.fetcher = Threads.loop("gripstream-key-set");
  }

  /** Reads the set, and continues to read it. Blocks until it was read or the attempt failed. */
  @Override
  public void open() {
    await(fetch());
    fetcher.scheduleWithFixedDelay(
        this::fetchIfDue, LOOK_EVERY_SECONDS, LOOK_EVERY_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public Key locate(Header header) {
    String id = header instanceof JwsHeader signed ? signed.getKeyId() : null;
    if (id == null) {
      throw Denied.unauthorized("the token names no key (header kid)");
    }
    Key known = state.key(id, header.getAlgorithm(), clock.instant());
    if (known != null) {
      fetchIfDue();
      return known;
    }
    if (!state.maySeek(clock.instant())) {
      throw unknown();
    }
    if (!waiting.tryAcquire()) {
      throw Denied.unavailable(
          "the key set of the token's issuer is being read for another token; try again");
    }
    try {
      await(fetch());
    } finally {
      waiting.release();
    }
    Key found = state.key(id, header.getAlgorithm(), clock.instant());
    if (found == null) {
      throw unknown();
    }
    return found;
  }

  @Override
  public String fingerprint() {
    return Fingerprint.of("key set", source.toString());
  }

  @Override
  public boolean isWithdrawn(String idFingerprint) {
    return state.lacks(idFingerprint);
  }

  @Override
  public Optional<String> problem() {
    String problem = state.problem();
    return problem == null ? Optional.empty() : Optional.of(source + ": " + problem);
  }

  private Denied unknown() {
    return state.failures() > 0
        ? Denied.unavailable("the key set of the token's issuer cannot be read; try again later")
        : Denied.unauthorized("the token's key is not in the key set of its issuer");
  }

  private void fetchIfDue() {
    if (state.isDue(clock.instant())) {
      fetch();
    }
  }

  /** The current fetch, or a new one. */
  private synchronized CompletableFuture<Void> fetch() {
    CompletableFuture<Void> running = underway;
    if (running != null) {
      return running;
    }
    try {
      CompletableFuture<Void> begun = CompletableFuture.runAsync(this::read, fetcher);
      underway = begun;
      return begun;
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void await(CompletableFuture<Void> fetch) {
    try {
      fetch.join();
    } catch (CompletionException closed) {
      // The known keys stay.
    }
  }

  /** On the fetcher's thread only. */
  private void read() {
    try {
      State before = state;
      try {
        KeySet keys = KeySet.parse(source.text());
        state = State.read(keys, clock.instant());
        if (before.failures() > 0) {
          LOG.info("The key set at {} is readable again", source);
        }
      } catch (IOException | RuntimeException e) {
        String problem = NoAnswer.reason(e);
        state = before.failed(clock.instant(), problem);
        if (before.failures() == 0) {
          LOG.warn(
              "The key set at {} cannot be read, {}: {}",
              source,
              before.fetched().equals(Instant.MIN)
                  ? "its tokens are answered 503"
                  : "its previous keys are valid until " + before.fetched().plus(GOOD),
              problem);
        }
      }
    } finally {
      synchronized (this) {
        underway = null;
      }
    }
  }

  @Override
  public void close() {
    fetcher.shutdownNow();
  }

  /**
   * The known state of the set.
   *
   * @param fetched when it was read; {@link Instant#MIN}: never
   * @param ended the end of the last attempt, successful or not
   * @param failures number of consecutive failures
   * @param problem the reason of the last failure; null: there is none
   */
  private record State(
      KeySet keys,
      Instant fetched,
      Instant ended,
      int failures,
      @Nullable String problem) {
    static final State NOTHING = new State(KeySet.EMPTY, Instant.MIN, Instant.MIN, 0, null);

    static State read(KeySet keys, Instant now) {
      return new State(keys, now, now, 0, null);
    }

    State failed(Instant now, String problem) {
      return new State(keys, fetched, now, failures + 1, problem);
    }

    @Nullable
    Key key(String id, String algorithm, Instant now) {
      return fetched.equals(Instant.MIN) || fetched.plus(GOOD).isBefore(now)
          ? null
          : keys.find(id, algorithm);
    }

    /** A set that was never read may have any key. */
    boolean lacks(String idFingerprint) {
      return !fetched.equals(Instant.MIN)
          && keys.ids().map(JwtVerifier::ofKeyId).noneMatch(idFingerprint::equals);
    }

    /** Whether the set must be read again. */
    boolean isDue(Instant now) {
      return isOver(FRESH, now);
    }

    /** Whether the set may be read again because of an unknown key. */
    boolean maySeek(Instant now) {
      return isOver(BETWEEN, now);
    }

    /** Also after the clock was set back: else a withdrawn key would stay valid for as long. */
    private boolean isOver(Duration pause, Instant now) {
      return ended.equals(Instant.MIN)
          || ended.isAfter(now)
          || !ended.plus(failures == 0 ? pause : pause(failures)).isAfter(now);
    }

    private static Duration pause(int failures) {
      long seconds = FIRST_PAUSE.toSeconds() << Math.min(failures - 1, 4);
      return Duration.ofSeconds(Math.min(seconds, LONGEST_PAUSE.toSeconds()));
    }
  }
}
