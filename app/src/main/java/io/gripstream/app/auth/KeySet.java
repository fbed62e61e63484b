package io.gripstream.app.auth;

import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.PublicJwk;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import java.security.Key;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The keys of a key set (RFC 7517) that may verify signatures. Secrets, private keys, keys for
 * encryption and unusable keys are ignored. Immutable.
 */
final class KeySet {
  /** The supported algorithms for keys of such a set. */
  static final List<SecureDigestAlgorithm<?, ?>> ALGORITHMS =
      List.of(Jwts.SIG.RS256, Jwts.SIG.ES256, Jwts.SIG.ES384, Jwts.SIG.EdDSA);

  static final KeySet EMPTY = new KeySet(List.of());

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MAX_KEYS = 100;
  private static final int MIN_RSA_BITS = 2_048;

  private final List<Entry> entries;

  private KeySet(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** @throws IllegalArgumentException if the text is not a key set */
  static KeySet parse(String text) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode jwk : keys(text)) {
      // One by one: the library's own set keeps a key only once, for all its ids and uses.
      PublicJwk<?> key = publicKey(jwk);
      if (key != null && entries.size() < MAX_KEYS) {
        Entry.of(key, entries);
      }
    }
    return new KeySet(entries);
  }

  private static JsonNode keys(String text) {
    JsonNode keys;
    try {
      keys = JSON.readTree(text).get("keys");
    } catch (JacksonException e) {
      // Its message might quote the answer.
      throw new IllegalArgumentException("the response is not JSON", e);
    }
    if (keys == null || !keys.isArray()) {
      throw new IllegalArgumentException("the answer is not a key set ({\"keys\":[…]})");
    }
    return keys;
  }

  /** Null for a key that verifies nothing, or is broken. */
  private static @Nullable PublicJwk<?> publicKey(JsonNode jwk) {
    try {
      return Jose.keys().parse(jwk.toString()) instanceof PublicJwk<?> key && key.getId() != null
          ? key
          : null;
    } catch (JwtException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The key of this id that verifies this algorithm; an id may have one for each. */
  @Nullable
  Key find(String id, String algorithm) {
    for (Entry entry : entries) {
      if (entry.id().equals(id) && entry.algorithm().equals(algorithm)) {
        return entry.key();
      }
    }
    return null;
  }

  /** The ids of all keys. */
  Stream<String> ids() {
    return entries.stream().map(Entry::id);
  }

  private record Entry(String id, String algorithm, Key key) {
    static void of(PublicJwk<?> jwk, List<Entry> entries) {
      Key key = jwk.toKey();
      String algorithm = algorithm(key);
      if (algorithm != null && isFor(jwk, algorithm)) {
        entries.add(new Entry(jwk.getId(), algorithm, key));
      }
    }

    /** A key says its own use (RFC 7517, 4.2 to 4.4). */
    private static boolean isFor(PublicJwk<?> jwk, String algorithm) {
      String use = jwk.getPublicKeyUse();
      var operations = jwk.getOperations();
      return (use == null || use.equals("sig"))
          && (operations == null
              || operations.stream().anyMatch(operation -> operation.getId().equals("verify")))
          && (jwk.getAlgorithm() == null || jwk.getAlgorithm().equals(algorithm));
    }

    /** The algorithm of a key of this kind; null: none. */
    private static @Nullable String algorithm(Key key) {
      if (key instanceof RSAKey rsa) {
        return rsa.getModulus().bitLength() < MIN_RSA_BITS ? null : "RS256";
      }
      if (key instanceof ECKey ec) {
        return switch (ec.getParams().getOrder().bitLength()) {
          case 256 -> "ES256";
          case 384 -> "ES384";
          default -> null;
        };
      }
      return key instanceof EdECKey ? "EdDSA" : null;
    }
  }
}
