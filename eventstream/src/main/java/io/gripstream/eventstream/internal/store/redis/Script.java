package io.gripstream.eventstream.internal.store.redis;

import io.lettuce.core.codec.Base16;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The scripts: each is one atomic step on the server. The files lie beside this class. */
enum Script {
  APPEND,
  BACKLOG,
  CLEAR,
  CURSORS,
  DONE,
  HEADS,
  /** The one that looks who copies into the storage. */
  IMPORT,
  LEASE,
  NEWS,
  /** The one that asks for no epoch. */
  OPEN,
  OWE,
  READ,
  REGISTER,
  RENEW,
  REVOCATIONS,
  REVOKE,
  SWAP,
  TRIM,
  VOUCH;

  private final String body = prelude() + file(name().toLowerCase(java.util.Locale.ROOT));
  private final String sha = sha(body);

  /** The text for a server that does not know the script yet. */
  String body() {
    return body;
  }

  /** The name under which a server knows it. */
  String sha() {
    return sha;
  }

  private static String prelude() {
    return file("prelude");
  }

  private static String file(String name) {
    try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha(String text) {
    try {
      return Base16.digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      throw new IllegalStateException(e);
    }
  }
}
