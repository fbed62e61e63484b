package io.gripstream.app.auth;

import io.jsonwebtoken.Header;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.Locator;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import java.io.IOException;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys behind one URL, for one issuer: both are fixed by the configuration, and each
 * instance has a cache of its own, so a key id of somebody else can never find a key here. Nothing
 * in a token leads to a request but a key id that is not known, and that at most every 30 s (every
 * 5 s while the set cannot be read). Thread-safe; may block.
 */
final class JwksKeys implements Locator<Key> {
  /** What keys of such a set may sign with; secrets in it are ignored. */
  static final List<SecureDigestAlgorithm<?, ?>> ALGORITHMS =
      List.of(Jwts.SIG.RS256, Jwts.SIG.ES256, Jwts.SIG.ES384, Jwts.SIG.EdDSA);

  private static final Logger LOG = LoggerFactory.getLogger(JwksKeys.class);

  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration BETWEEN = Duration.ofSeconds(30);
  private static final Duration BETWEEN_FAILURES = Duration.ofSeconds(5);
  private static final int MAX_KEYS = 100;

  private final JwksFetch source;
  private final Clock clock;
  private final AtomicReference<State> state =
      new AtomicReference<>(new State(Map.of(), Instant.MIN, Instant.MIN, false));
  private final AtomicReference<@Nullable CompletableFuture<Map<String, Key>>> underway =
      new AtomicReference<>();

  JwksKeys(JwksFetch source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  @Override
  public Key locate(Header header) {
    String id = header instanceof JwsHeader signed ? signed.getKeyId() : null;
    if (id == null) {
      throw Denied.unauthorized("the token names no key (header kid)");
    }
    State now = state.get();
    boolean known = now.keys().containsKey(id);
    boolean stale = now.fetched().isBefore(clock.instant().minus(FRESH));
    Duration pause = now.isFailing() ? BETWEEN_FAILURES : BETWEEN;
    if ((!known || stale) && now.tried().isBefore(clock.instant().minus(pause))) {
      refresh();
    }
    State then = state.get();
    Key key = then.keys().get(id);
    if (key == null) {
      throw then.isFailing()
          ? Denied.unavailable("the key set of the token's issuer cannot be read; try again later")
          : Denied.unauthorized("the token's key is not in the key set of its issuer");
    }
    return key;
  }

  /** One thread fetches, the others wait for it; a failure leaves the keys that were there. */
  private void refresh() {
    CompletableFuture<Map<String, Key>> mine = new CompletableFuture<>();
    CompletableFuture<Map<String, Key>> running = underway.compareAndExchange(null, mine);
    if (running != null) {
      try {
        running.join();
      } catch (CompletionException logged) {
        // By the thread that fetched.
      }
      return;
    }
    Instant tried = clock.instant();
    try {
      Map<String, Key> keys = parse(source.text());
      state.set(new State(keys, tried, tried, false));
      mine.complete(keys);
    } catch (IOException | RuntimeException e) {
      state.updateAndGet(before -> new State(before.keys(), before.fetched(), tried, true));
      LOG.warn(
          "The key set at {} cannot be read, {} keys of before stay: {}",
          source,
          state.get().keys().size(),
          e.getMessage());
      mine.completeExceptionally(e);
    } finally {
      underway.set(null);
    }
  }

  private static Map<String, Key> parse(String text) {
    Map<String, Key> keys = new HashMap<>();
    for (Jwk<?> jwk : Jwks.setParser().ignoreUnsupported(true).build().parse(text)) {
      if (jwk instanceof PublicJwk<?> key && key.getId() != null && keys.size() < MAX_KEYS) {
        keys.put(key.getId(), key.toKey());
      }
    }
    return Map.copyOf(keys);
  }

  /**
   * @param tried when a fetch was begun last, whatever came of it
   * @param isFailing whether nothing came of it
   */
  private record State(Map<String, Key> keys, Instant fetched, Instant tried, boolean isFailing) {}
}
