package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.StreamSession;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs and verifies follow-up links with keys that all processes of a storage share. They are read
 * at the start, again each hour (a replaced key is valid for a day), and for an unknown link
 * (another process may have a newer key). Without storage: the configured key, or a random one of
 * this process. Thread-safe; blocks for storage.
 */
final class SigningKeys {
  private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
  private static final Duration FRESH = Duration.ofHours(1);

  /** A link with an invalid signature costs at most one question to the storage in this time. */
  private static final Duration ASK_AT_MOST_EVERY = Duration.ofSeconds(1);

  private static final int BYTES = 32;

  private final @Nullable EventStore store;
  private final byte @Nullable [] configured;
  private final Clock clock;
  private volatile @Nullable Snapshot snapshot;

  private record Snapshot(FollowUpTokens tokens, Instant asked) {
    /** Not if the clock was set back: it would stay young for as long. */
    boolean isYounger(Duration age, Instant now) {
      return !asked.isAfter(now) && asked.plus(age).isAfter(now);
    }
  }

  SigningKeys(@Nullable EventStore store, byte @Nullable [] configured, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.configured = store != null || configured != null ? configured : random();
  }

  private static byte[] random() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  /** Reads the keys if they are not known. */
  void start() {
    snapshot(FRESH);
  }

  String write(FollowUp followUp) {
    return snapshot(FRESH).tokens.write(followUp);
  }

  /** Empty if no process of this installation wrote it, or its key is no longer valid. */
  Optional<FollowUp> read(String token) {
    Optional<FollowUp> read = snapshot(FRESH).tokens.read(token);
    return read.isPresent() ? read : snapshot(ASK_AT_MOST_EVERY).tokens.read(token);
  }

  String writeKeeper(int number) {
    return snapshot(FRESH).tokens.writeKeeper(number);
  }

  /** Empty as {@link #read}. */
  OptionalInt readKeeper(String token) {
    OptionalInt read = snapshot(FRESH).tokens.readKeeper(token);
    return read.isPresent() ? read : snapshot(ASK_AT_MOST_EVERY).tokens.readKeeper(token);
  }

  String writeGone(StreamSession session) {
    return snapshot(FRESH).tokens.writeGone(session);
  }

  /** Empty as {@link #read}. */
  Optional<StreamSession> readGone(String token) {
    Optional<StreamSession> read = snapshot(FRESH).tokens.readGone(token);
    return read.isPresent() ? read : snapshot(ASK_AT_MOST_EVERY).tokens.readGone(token);
  }

  private Snapshot snapshot(Duration age) {
    Snapshot now = snapshot;
    Instant time = clock.instant();
    if (now != null && (store == null || now.isYounger(age, time))) {
      return now;
    }
    // At worst twice, with the same result: the storage decides.
    try {
      // The configured key is the newest one at the first read only: later, another process may
      // have replaced it.
      now = new Snapshot(new FollowUpTokens(keys(now == null ? configured : null)), time);
    } catch (StoreException e) {
      if (now == null) {
        throw e;
      }
      LOG.warn("Cannot read the signing keys of links; known keys stay valid: {}", e.getMessage());
      now = new Snapshot(now.tokens, time);
    }
    snapshot = now;
    return now;
  }

  private List<byte[]> keys(byte @Nullable [] newest) {
    if (store != null) {
      return store.keys().with(newest);
    }
    return newest == null ? List.of() : List.of(newest);
  }
}
