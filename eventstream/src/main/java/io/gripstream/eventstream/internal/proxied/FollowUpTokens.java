package io.gripstream.eventstream.internal.proxied;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.StreamSession;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Writes and reads the signed path segment of a follow-up link. Thread-safe. */
final class FollowUpTokens {
  private static final String FOLLOW_UP = "gripstream follow-up 1\n";
  private static final String GONE = "gripstream gone 1\n";
  private static final String KEEPER = "gripstream keeper 1\n";

  /** Half of an HMAC-SHA256: enough against forgery, short in a URL. */
  private static final int MAC_BYTES = 16;

  private static final JsonMapper JSON = JsonMapper.builder()
      .changeDefaultPropertyInclusion(
          value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
      .build();

  private final List<byte[]> keys;

  /** @param keys the first one signs, each of them verifies */
  FollowUpTokens(List<byte[]> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("there is no key to sign follow-up links with");
    }
    this.keys = keys.stream().map(byte[]::clone).toList();
  }

  /**
   * Writes a token. Equal values always give the same token: the proxy asks once for all streams
   * with the same token.
   */
  String write(FollowUp followUp) {
    Instant until = followUp.until();
    byte[] body = JSON.writeValueAsBytes(new Wire(
        followUp.channels(),
        followUp.user(),
        until == null ? null : until.getEpochSecond(),
        followUp.grant(),
        followUp.epoch(),
        followUp.page(),
        followUp.pageUntil() == null ? null : followUp.pageUntil().getEpochSecond()));
    return sign(FOLLOW_UP, body);
  }

  /** Writes a token for a stream of the {@link Keeper}. */
  String writeKeeper(int number) {
    return sign(KEEPER, Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
  }

  /** Writes the token of a gone link, another one for each stream. */
  String writeGone(StreamSession session) {
    return sign(
        GONE,
        JSON.writeValueAsBytes(new Left(
            session.id(), session.user(), session.channels(), session.openedAt().toEpochMilli())));
  }

  private String sign(String purpose, byte[] body) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString(body) + "."
        + base64.encodeToString(mac(purpose, keys.get(0), body));
  }

  /** Reads a token; empty if this installation did not write it, or its key is no longer valid. */
  Optional<FollowUp> read(String token) {
    byte[] body = verified(FOLLOW_UP, token);
    if (body == null) {
      return Optional.empty();
    }
    try {
      Wire wire = JSON.readValue(body, Wire.class);
      return Optional.of(new FollowUp(
          wire.c,
          wire.u,
          wire.x == null ? null : Instant.ofEpochSecond(wire.x),
          wire.g,
          wire.e,
          wire.p,
          wire.l == null ? null : Instant.ofEpochSecond(wire.l)));
    } catch (JacksonException ofAnotherVersion) {
      return Optional.empty();
    }
  }

  /** Returns the number of a keeper's stream; empty as above. */
  OptionalInt readKeeper(String token) {
    byte[] body = verified(KEEPER, token);
    return body == null
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(new String(body, StandardCharsets.US_ASCII)));
  }

  /** Empty as {@link #read}. */
  Optional<StreamSession> readGone(String token) {
    byte[] body = verified(GONE, token);
    if (body == null) {
      return Optional.empty();
    }
    try {
      Left left = JSON.readValue(body, Left.class);
      return Optional.of(StreamSession.of(
          left.i, left.u, left.c, StreamMode.PROXIED, Instant.ofEpochMilli(left.t)));
    } catch (JacksonException ofAnotherVersion) {
      return Optional.empty();
    }
  }

  private byte @Nullable [] verified(String purpose, String token) {
    int dot = token.indexOf('.');
    if (dot < 0) {
      return null;
    }
    try {
      byte[] body = Base64.getUrlDecoder().decode(token.substring(0, dot));
      byte[] mac = Base64.getUrlDecoder().decode(token.substring(dot + 1));
      boolean isOurs =
          keys.stream().anyMatch(key -> MessageDigest.isEqual(mac(purpose, key, body), mac));
      return isOurs ? body : null;
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  private static byte[] mac(String purpose, byte[] key, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(purpose.getBytes(StandardCharsets.US_ASCII));
      return Arrays.copyOf(mac.doFinal(body), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** Short names: every answer contains the link. */
  private record Wire(
      List<String> c,
      @Nullable String u,
      @Nullable Long x,
      @Nullable String g,
      @Nullable String e,
      @Nullable String p,
      @Nullable Long l) {}

  /** The content of a gone link: its stream. */
  private record Left(String i, @Nullable String u, List<String> c, long t) {}
}
