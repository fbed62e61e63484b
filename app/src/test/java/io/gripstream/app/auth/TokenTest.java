package io.gripstream.app.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.Jwts;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens are accepted, and what is said of the others. */
class TokenTest {
  private static final String SECRET = "3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c";
  private static final SecretKey KEY = key(SECRET);
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(60);

  private final TokenVerifier verifier = verifier(auth(SECRET, null));

  @Test
  void a_valid_token_is_shown_with_user_and_channels() {
    String token = TokenSigner.ofSecret(auth(SECRET, null))
        .sign("ann", List.of("room-*"), List.of("room-*", "news"), true, LATER);

    Caller caller = verifier.verify(token);

    assertThat(caller.user()).isEqualTo("ann");
    assertThat(caller.until()).isEqualTo(LATER);
    assertThat(caller.admin()).isTrue();
    assertThat(caller.mayPublish("room-1")).isTrue();
    assertThat(caller.mayPublish("news")).isFalse();
    assertThat(caller.mayRead("news")).isTrue();
  }

  @Test
  void claims_that_are_missing_or_of_another_kind_are_named() {
    assertRefused(
        Jose.token().subject("ann").signWith(KEY).compact(), "the token has no claim exp");
    assertRefused(
        Jose.token().expiration(Date.from(LATER)).signWith(KEY).compact(),
        "the token has no claim sub");
    assertRefused(
        token(Map.of("subscribe", "news")),
        "the token's claim subscribe is not a list of at most 1000 channel patterns, such as [\"news\", \"room-*\"]");
    assertRefused(
        token(Map.of("publish", List.of("a", 7))),
        "the token's claim publish is not a list of at most 1000 channel patterns, such as [\"news\", \"room-*\"]");
    assertRefused(
        token(Map.of("publish", List.of("*x"))),
        "the token's claim publish has an invalid pattern: a channel pattern is a name, or the beginning of"
            + " one and then *, or * alone");
  }

  @Test
  void a_subject_that_could_not_be_revoked_or_skipped_is_refused() {
    for (String sub :
        List.of("x".repeat(256), "a\\nb", "a\\u0000b", "\\ud800x", "\\ud800", "a,b")) {
      assertThatThrownBy(() -> verifier.verify(
              signed("{\"sub\":\"" + sub + "\",\"exp\":" + LATER.getEpochSecond() + "}")))
          .isInstanceOf(Denied.class)
          .hasMessageStartingWith("the token's claim sub is not a valid user name: user has ");
    }
    assertThat(verifier
            .verify(signed(
                "{\"sub\":\"" + "ü".repeat(127) + "\",\"exp\":" + LATER.getEpochSecond() + "}"))
            .user())
        .hasSize(127);
  }

  @Test
  void a_claim_of_the_wrong_kind_is_named() {
    String exp = "\"exp\":" + LATER.getEpochSecond();
    assertRefused(
        signed("{\"sub\":42," + exp + "}"),
        "the token's claim sub is not a string; a number goes in quotation marks");
    for (String time : List.of("\"2099-01-01T00:00:00Z\"", "\"4070908800\"", "[]", "-1", "true")) {
      assertRefused(
          signed("{\"sub\":\"ann\",\"exp\":" + time + "}"),
          "the token's claim exp is not a number of seconds since 1970");
    }
    for (String time : List.of("9223372036854775807", "1e300", "1e999", "9e15")) {
      for (String name : List.of("exp", "nbf", "iat")) {
        String others = name.equals("exp") ? "" : exp + ",";
        assertRefused(
            signed("{\"sub\":\"ann\"," + others + "\"" + name + "\":" + time + "}"),
            "the token's claim " + name
                + " is after the year 9999; it is in seconds, not milliseconds");
      }
    }
    assertRefused(
        signed("{\"sub\":\"ann\",\"sub\":\"bob\"," + exp + "}"),
        "the token is not a JWT signed with the configured key");
  }

  @Test
  void admin_is_true_only_as_true() {
    assertThat(verifier.verify(token(Map.of("admin", "true"))).admin()).isFalse();
  }

  @Test
  void an_expired_one_is_refused_with_its_time() {
    assertRefused(
        Jose.token()
            .subject("ann")
            .expiration(Date.from(NOW.minusSeconds(60)))
            .signWith(KEY)
            .compact(),
        "the token expired at 2026-11-24T11:59:00Z");
  }

  /** A short text could take any memory when it is inflated. */
  @Test
  void a_compressed_one_is_refused() {
    assertRefused(
        Jose.token()
            .subject("ann")
            .expiration(Date.from(LATER))
            .compressWith(Jwts.ZIP.DEF)
            .signWith(KEY)
            .compact(),
        "the token is not a JWT signed with the configured key");
  }

  @Test
  void a_fraction_of_a_second_in_exp_is_no_harm() {
    String payload = "{\"sub\":\"ann\",\"exp\":" + LATER.getEpochSecond() + ".75}";
    String token = Jose.token().content(payload, "JWT").signWith(KEY).compact();
    assertThat(token).isNotEmpty();
    assertThat(verifier.verify(signed(payload)).user()).isEqualTo("ann");
  }

  @Test
  void an_exp_in_milliseconds_is_refused_with_a_hint() {
    assertRefused(
        signed("{\"sub\":\"ann\",\"exp\":" + LATER.toEpochMilli() + "}"),
        "the token's claim exp is after the year 9999; it is in seconds, not milliseconds");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9e15", "1e18", "1e300", "9223372036854775807", "-1", "\"later\"", "[]", "true"})
  void an_exp_that_is_no_time_is_refused_or_a_time_far_away(String exp) {
    String token = signed("{\"sub\":\"ann\",\"exp\":" + exp + "}");
    try {
      assertThat(verifier.verify(token).until()).isBefore(Instant.parse("9999-12-31T23:59:59Z"));
    } catch (Denied e) {
      assertThat(e.kind()).isEqualTo(Denied.Kind.UNAUTHORIZED);
    }
  }

  @Test
  void one_of_another_key_an_unsigned_one_and_garbage_are_refused_alike() {
    String message = "the token is not a JWT signed with the configured key";
    assertRefused(
        Jose.token()
            .subject("ann")
            .expiration(Date.from(LATER))
            .signWith(key("another secret of 32 bytes or more"))
            .compact(),
        message);
    assertRefused(Jose.token().subject("ann").expiration(Date.from(LATER)).compact(), message);
    assertRefused("a.b.c", message);
    assertRefused("x".repeat(9_000), "the token is longer than 8192 characters");
  }

  @Test
  void a_public_key_is_never_taken_for_a_secret() {
    KeyPair pair = Jwts.SIG.RS256.keyPair().build();
    String pem = pem(pair);
    TokenVerifier verifier = verifier(auth(null, pem));
    String confused = Jose.token()
        .subject("ann")
        .expiration(Date.from(LATER))
        .signWith(
            new SecretKeySpec(pem.getBytes(StandardCharsets.UTF_8), "HmacSHA256"), Jwts.SIG.HS256)
        .compact();

    assertThatThrownBy(() -> verifier.verify(confused)).isInstanceOf(Denied.class);
    assertThatThrownBy(() -> verifier(auth(pem, null)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a public key as a secret would let everybody sign");
  }

  @Test
  void rsa_and_p_256_keys_verify_and_no_others() {
    for (var algorithm : List.of(Jwts.SIG.RS256, Jwts.SIG.ES256)) {
      KeyPair pair = algorithm.keyPair().build();
      String token = Jose.token()
          .subject("ann")
          .expiration(Date.from(LATER))
          .signWith(pair.getPrivate())
          .compact();
      assertThat(verifier(auth(null, pem(pair))).verify(token).user()).isEqualTo("ann");
    }
    KeyPair rsa = Jwts.SIG.RS256.keyPair().build();
    for (var other : List.of(Jwts.SIG.RS512, Jwts.SIG.PS256)) {
      String token = Jose.token()
          .subject("ann")
          .expiration(Date.from(LATER))
          .signWith(rsa.getPrivate(), other)
          .compact();
      assertThatThrownBy(() -> verifier(auth(null, pem(rsa))).verify(token))
          .isInstanceOf(Denied.class);
    }
    KeyPair large = Jwts.SIG.ES384.keyPair().build();
    assertThatThrownBy(() -> verifier(auth(null, pem(large))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "token_public_key: it is not a public key for RS256 (RSA, at least 2048 bits) or ES256 (P-256)");
  }

  @Test
  void a_public_key_of_another_form_is_refused_with_the_command_that_converts_it() {
    for (var form : Map.of(
            "RSA PUBLIC KEY", "openssl rsa -RSAPublicKey_in -in FILE -pubout",
            "CERTIFICATE", "openssl x509 -in FILE -noout -pubkey",
            "PRIVATE KEY", "openssl pkey -in FILE -pubout")
        .entrySet()) {
      String pem = "-----BEGIN %1$s-----\nMIIB\n-----END %1$s-----\n".formatted(form.getKey());
      assertThatThrownBy(() -> verifier(auth(null, pem)))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith(
              "token_public_key: it is not a PEM with BEGIN PUBLIC KEY, nor a JWK")
          .hasMessageContaining(form.getValue());
    }
  }

  @Test
  void a_secret_in_base64_is_read_in_both_alphabets_and_to_its_last_zero() {
    byte[] bytes = new byte[32];
    for (int i = 0; i < 31; i++) {
      bytes[i] = (byte) (0xe0 + i);
    }
    for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder().withoutPadding())) {
      assertThat(TokenKeys.secretKey("base64:" + encoder.encodeToString(bytes)).getEncoded())
          .isEqualTo(bytes);
    }
  }

  @Test
  void a_key_of_the_other_kind_is_refused() {
    KeyPair pair = Jwts.SIG.ES256.keyPair().build();
    String encoded =
        "base64:" + Base64.getEncoder().encodeToString(pem(pair).getBytes(StandardCharsets.UTF_8));
    String jwk = "{\"kty\":\"oct\",\"k\":\"AAAA\"}";

    assertThatThrownBy(() -> verifier(auth(encoded, null)))
        .hasMessageStartingWith("token_secret: it is a PEM or JWK");
    assertThatThrownBy(() -> verifier(auth(null, jwk)))
        .hasMessageStartingWith("token_public_key: it is not a JWK of a public key");
    assertThatThrownBy(() -> verifier(auth(null, SECRET)))
        .hasMessageStartingWith("token_public_key: it is not a PEM");
  }

  @Test
  void issuer_and_audience_are_held_to_the_configured_ones() {
    Settings.Auth auth = new Settings.Auth(
        List.of(), new Secret(SECRET), null, null, "https://login.example", "gripstream");
    TokenVerifier verifier = verifier(auth);
    String good = TokenSigner.ofSecret(auth).sign("ann", List.of(), List.of(), false, LATER);

    assertThat(verifier.verify(good).user()).isEqualTo("ann");
    assertThatThrownBy(() -> verifier.verify(token(Map.of("iss", "https://evil.example"))))
        .hasMessage("the token is not from the configured issuer, or not for this audience");
  }

  @Test
  void while_a_secret_is_replaced_both_verify_and_streams_of_both_go_on() {
    String other = "another-secret-of-at-least-32-bytes-0123456789";
    TokenVerifier before = verifier(auth(SECRET, null));
    TokenVerifier both = verifier(replacing(other, SECRET));
    TokenVerifier after = verifier(auth(other, null));
    String old = token(Map.of());
    String renewed =
        TokenSigner.ofSecret(auth(other, null)).sign("bob", List.of(), List.of(), false, LATER);

    assertThat(both.verify(old).user()).isEqualTo("ann");
    assertThat(both.verify(renewed).user()).isEqualTo("bob");
    for (Caller caller : List.of(before.verify(old), after.verify(renewed))) {
      assertThat(both.holds(caller.grant())).isTrue();
    }
    assertThat(after.holds(both.verify(old).grant())).isFalse();
    assertThatThrownBy(() -> both.verify(signedBy(key("a-third-secret-of-at-least-32-bytes-0123"))))
        .hasMessage("the token is not a JWT signed with the configured key");
    assertThat(both.fingerprint()).isNotEqualTo(after.fingerprint());
  }

  @Test
  void the_refusal_of_a_token_of_the_previous_secret_names_its_fault() {
    TokenVerifier both =
        verifier(replacing("another-secret-of-at-least-32-bytes-0123456789", SECRET));

    assertThatThrownBy(() -> both.verify(signed("{\"exp\":4102444800}")))
        .hasMessage("the token has no claim sub");
  }

  @Test
  void a_public_key_is_replaced_in_the_same_way() {
    KeyPair old = Jwts.SIG.RS256.keyPair().build();
    KeyPair renewed = Jwts.SIG.ES256.keyPair().build();
    TokenVerifier both = verifier(
        new Settings.Auth(List.of(), null, pem(renewed), null, null, null, false, null, pem(old)));

    for (KeyPair pair : List.of(old, renewed)) {
      assertThat(both.verify(signedBy(pair.getPrivate())).user()).isEqualTo("ann");
    }
  }

  @Test
  void a_previous_key_is_held_to_the_rules_and_needs_the_one_that_replaces_it() {
    assertThatThrownBy(() -> verifier(replacing(SECRET, "short")))
        .hasMessageStartingWith("token_secret_previous: it has 5 bytes");
    assertThatThrownBy(() -> verifier(replacing(null, SECRET)))
        .hasMessageStartingWith("token_secret_previous: there is no token_secret");
  }

  @Test
  void a_weak_secret_is_refused_at_start() {
    assertThatThrownBy(() -> verifier(auth("secret", null)))
        .hasMessageStartingWith("token_secret: it has 6 bytes; at least 32 are needed");
    assertThatThrownBy(() -> verifier(auth("base64:c2hvcnQ=", null)))
        .hasMessageStartingWith("token_secret: it has 5 bytes when decoded");
    for (byte[] weak : List.of(
        new byte[32], "changeme-changeme-changeme-changeme".getBytes(StandardCharsets.UTF_8))) {
      String text = "base64:" + Base64.getEncoder().encodeToString(weak);
      assertThatThrownBy(() -> verifier(auth(text, null)))
          .hasMessageStartingWith("token_secret: it is well known or easy to guess");
    }
  }

  private void assertRefused(String token, String message) {
    assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(Denied.class).hasMessage(message);
  }

  private static String token(Map<String, ?> claims) {
    return Jose.token()
        .subject("ann")
        .expiration(Date.from(LATER))
        .claims(claims)
        .signWith(KEY)
        .compact();
  }

  private static String signedBy(Key key) {
    return Jose.token()
        .subject("ann")
        .expiration(Date.from(LATER))
        .signWith(key)
        .compact();
  }

  private static Settings.Auth replacing(@Nullable String secret, String previous) {
    return new Settings.Auth(
        List.of(),
        secret == null ? null : new Secret(secret),
        null,
        null,
        null,
        null,
        false,
        new Secret(previous),
        null);
  }

  /** A token of exactly this payload. */
  private static String signed(String payload) {
    return Jose.token()
        .content(payload.getBytes(StandardCharsets.UTF_8))
        .signWith(KEY, Jwts.SIG.HS256)
        .compact();
  }

  private static TokenVerifier verifier(Settings.Auth auth) {
    return TokenKeys.verifier(auth, Clock.fixed(NOW, ZoneOffset.UTC)).orElseThrow();
  }

  private static Settings.Auth auth(@Nullable String secret, @Nullable String publicKey) {
    return new Settings.Auth(
        List.of(), secret == null ? null : new Secret(secret), publicKey, null, null, null);
  }

  private static SecretKey key(String secret) {
    return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  private static String pem(KeyPair pair) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }
}
