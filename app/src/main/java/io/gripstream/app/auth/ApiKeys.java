package io.gripstream.app.auth;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.grip.internal.Secrets;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The API keys. Only their digests are kept. Thread-safe. */
final class ApiKeys {
  private static final String GRANT = "key:";

  private final List<Entry> entries = new ArrayList<>();

  /** @throws ConfigException if a key is weak, or a pattern is invalid */
  ApiKeys(List<Settings.ApiKey> keys) {
    for (int i = 0; i < keys.size(); i++) {
      Settings.ApiKey key = keys.get(i);
      String name = "api_keys, key " + (i + 1);
      WeakSecrets.check(name, key.key().value(), Secrets.MIN_BYTES);
      try {
        entries.add(new Entry(
            digest(key.key().value()),
            new Caller(
                null,
                ChannelPattern.list(key.publish()),
                ChannelPattern.list(key.subscribe()),
                key.admin(),
                null,
                GRANT + Fingerprint.of("API key", key.key().value()))));
      } catch (IllegalArgumentException e) {
        throw new ConfigException(name + ": " + e.getMessage());
      }
    }
  }

  /**
   * The caller with this key. Every entry is compared in full, so that the time reveals nothing.
   */
  Optional<Caller> find(String key) {
    byte[] digest = digest(key);
    Optional<Caller> found = Optional.empty();
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(digest, entry.digest())) {
        found = Optional.of(entry.caller());
      }
    }
    return found;
  }

  /** The caller with the first key that may do everything; empty: there is none. */
  Optional<Caller> administrator() {
    return entries.stream().map(Entry::caller).filter(Caller::admin).findFirst();
  }

  /** Whether a key has this grant and still reads the channel. */
  boolean holds(String grant, String channel) {
    return entries.stream()
        .map(Entry::caller)
        .anyMatch(caller -> caller.grant().equals(grant) && caller.mayRead(channel));
  }

  /** The configuration on which {@link #holds} depends. */
  Stream<String> rules() {
    return entries.stream()
        .map(Entry::caller)
        .flatMap(caller -> Stream.concat(
            Stream.of(caller.grant()), caller.subscribe().stream().map(ChannelPattern::text)));
  }

  private static byte[] digest(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  private record Entry(byte[] digest, Caller caller) {}
}
