package io.gripstream.grip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.Jwts;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GripSigTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final long LATER = NOW.getEpochSecond() + 3600;
  private static final GripProxy PUSHPIN = proxy("changeme");

  private static GripProxy proxy(String verifyKey) {
    return GripProxy.builder(URI.create("http://h"))
        .verifyKey(GripKey.parse(verifyKey))
        .verifyIssuer("pushpin")
        .build();
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String hs256(byte[] key, String header, String claims) {
    return hmac("HmacSHA256", key, header, claims);
  }

  private static String hmac(String algorithm, byte[] key, String header, String claims) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      String signed = part(header) + "." + part(claims);
      byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hs256(String claims) {
    return hs256(
        "changeme".getBytes(StandardCharsets.UTF_8), "{\"typ\":\"JWT\",\"alg\":\"HS256\"}", claims);
  }

  private static GripSig.Result verify(@Nullable String token, GripProxy... proxies) {
    return GripSig.verify(token, List.of(proxies), CLOCK);
  }

  private static void assertInvalid(GripSig.Result result, String detail) {
    assertThat(result)
        .isInstanceOfSatisfying(
            GripSig.Invalid.class, invalid -> assertThat(invalid.detail()).contains(detail));
  }

  @Test
  void accepts_a_token_as_pushpin_makes_it_with_its_default_key() {
    String token = hs256("{\"iss\":\"pushpin\",\"exp\":" + LATER + "}");

    assertThat(verify(token, PUSHPIN)).isEqualTo(new GripSig.Valid(PUSHPIN));
  }

  @Test
  void accepts_its_own_tokens_of_every_type() {
    for (TestKeys.Pair pair : TestKeys.pairs()) {
      String token = GripSig.sign(GripKey.parse(pair.privatePem()), "pushpin", NOW.plusSeconds(60));
      GripProxy byPublic = proxy(pair.publicPem());
      GripProxy byPrivate = proxy(pair.privatePem());

      assertThat(verify(token, PUSHPIN, byPublic)).isEqualTo(new GripSig.Valid(byPublic));
      assertThat(verify(token, byPrivate)).isEqualTo(new GripSig.Valid(byPrivate));
    }
    assertThatThrownBy(
            () -> GripSig.sign(GripKey.parse(TestKeys.pairs().get(0).publicPem()), "i", NOW))
        .hasMessage("a public EC key cannot sign");
  }

  @Test
  void expiry_is_required_and_has_a_small_leeway() {
    assertInvalid(verify(hs256("{\"iss\":\"pushpin\"}"), PUSHPIN), "no exp");
    assertInvalid(verify(hs256("{\"iss\":\"pushpin\",\"exp\":\"soon\"}"), PUSHPIN), "not a valid");
    long now = NOW.getEpochSecond();
    assertThat(verify(hs256("{\"iss\":\"pushpin\",\"exp\":" + (now - 5) + "}"), PUSHPIN))
        .isInstanceOf(GripSig.Valid.class);
    assertThat(verify(hs256("{\"iss\":\"pushpin\",\"exp\":" + (now + 5) + ".5}"), PUSHPIN))
        .isInstanceOf(GripSig.Valid.class);
    assertInvalid(
        verify(hs256("{\"iss\":\"pushpin\",\"exp\":" + (now - 60) + "}"), PUSHPIN), "expired at");
  }

  /** A short text could take any memory when it is inflated. */
  @Test
  void a_compressed_token_is_invalid() {
    String secret = "a secret of thirty-two bytes, or more";
    String token = Jose.token()
        .issuer("pushpin")
        .expiration(Date.from(NOW.plusSeconds(60)))
        .compressWith(Jwts.ZIP.DEF)
        .signWith(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
        .compact();

    assertInvalid(verify(token, proxy(secret)), "not a valid");
  }

  @Test
  void issuer_is_checked_where_it_is_configured() {
    String other = hs256("{\"iss\":\"other\",\"exp\":" + LATER + "}");
    String none = hs256("{\"exp\":" + LATER + "}");

    assertInvalid(verify(other, PUSHPIN), "issuer");
    assertInvalid(verify(none, PUSHPIN), "issuer");
    GripProxy any = GripProxy.parse("http://h?verify-key=changeme");
    assertThat(verify(other, any)).isEqualTo(new GripSig.Valid(any));
  }

  @Test
  void the_token_cannot_choose_the_algorithm() {
    String claims = "{\"iss\":\"pushpin\",\"exp\":" + LATER + "}";
    assertInvalid(verify(part("{\"alg\":\"none\"}") + "." + part(claims) + ".", PUSHPIN), "");
    assertInvalid(verify(part("{\"alg\":\"NONE\"}") + "." + part(claims) + ".", PUSHPIN), "");
    byte[] secret = "changeme".getBytes(StandardCharsets.UTF_8);
    assertInvalid(verify(hs256(secret, "{\"alg\":\"HS512\"}", claims), PUSHPIN), "");
    // Long enough for it, and signed well.
    String longer = "a-secret-of-64-bytes".repeat(4);
    byte[] bytes = longer.getBytes(StandardCharsets.UTF_8);
    GripProxy other = proxy(longer);
    assertThat(verify(hs256(bytes, "{\"alg\":\"HS256\"}", claims), other))
        .isInstanceOf(GripSig.Valid.class);
    assertInvalid(
        verify(hmac("HmacSHA512", bytes, "{\"alg\":\"HS512\"}", claims), other),
        "not a valid HS256 token");
    assertInvalid(
        verify(hs256(secret, "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}", claims), PUSHPIN), "");
    for (TestKeys.Pair pair : TestKeys.pairs()) {
      byte[] publicText = pair.publicPem().getBytes(StandardCharsets.UTF_8);
      byte[] stripped = pair.publicPem().strip().getBytes(StandardCharsets.UTF_8);
      assertInvalid(
          verify(hs256(publicText, "{\"alg\":\"HS256\"}", claims), proxy(pair.publicPem())), "");
      assertInvalid(
          verify(hs256(stripped, "{\"alg\":\"HS256\"}", claims), proxy(pair.publicPem())), "");
    }
  }

  @Test
  void an_all_zero_signature_proves_nothing() {
    String ec = TestKeys.pairs().get(0).publicPem();
    String token = part("{\"alg\":\"ES256\"}")
        + "."
        + part("{\"iss\":\"pushpin\",\"exp\":" + LATER + "}")
        + "."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);

    assertInvalid(verify(token, proxy(ec)), "not a valid ES256 token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "eyJ9.eyJ9.",
        "\u0000",
        "ä.ö.ü",
        " ",
        "null",
        "e30.e30.e30"
      })
  void garbage_is_invalid_and_never_thrown(String token) {
    assertInvalid(verify(token, PUSHPIN), "");
  }

  /** Each with a good signature, which the holder of a key can make for anything. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "5",
        "{",
        "{}",
        "{\"exp\":null}",
        "{\"exp\":true}",
        "{\"exp\":[1700003600]}",
        "{\"exp\":{\"a\":1}}",
        "{\"exp\":1e400}",
        "{\"exp\":-1e400}",
        "{\"exp\":99999999999999999999999999}",
        "{\"exp\":-9223372036854775808}",
        "{\"exp\":0}",
        "{\"exp\":1700003600,\"nbf\":1700003600}",
        "{\"exp\":1700003600,\"nbf\":\"x\"}",
        "{\"exp\":1700003600,\"iss\":[\"pushpin\"]}",
        "{\"exp\":1700003600,\"iss\":5}"
      })
  void strange_claims_are_invalid_and_never_thrown(String claims) {
    assertInvalid(
        verify(hs256(claims.replace("{\"exp", "{\"iss\":\"pushpin\",\"exp")), PUSHPIN), "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}",
        "{\"alg\":\"HS256\",\"crit\":\"exp\"}",
        "{\"alg\":\"HS256\",\"zip\":\"DEF\"}",
        "{\"alg\":[\"HS256\"]}",
        "{\"alg\":null}",
        "{\"alg\":\"dir\",\"enc\":\"A128GCM\"}",
        "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"eA\"}}}",
        "{\"alg\":\"HS256\",\"x5c\":[\"!\"]}"
      })
  void strange_headers_are_invalid_and_never_thrown(String header) {
    String claims = "{\"iss\":\"pushpin\",\"exp\":" + LATER + "}";
    byte[] secret = "changeme".getBytes(StandardCharsets.UTF_8);

    assertInvalid(verify(hs256(secret, header, claims), PUSHPIN), "");
    assertInvalid(verify(part(header) + "." + part(claims) + ".", PUSHPIN), "");
    assertInvalid(verify(part(header) + ".." + part(claims) + ".a.b", PUSHPIN), "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void deep_nesting_is_invalid_and_never_thrown(String level) {
    assertInvalid(verify(part(level.repeat(6_000 / level.length())) + ".e30.AAAA", PUSHPIN), "");
    assertInvalid(verify(hs256("{\"exp\":" + level.repeat(5_000 / level.length())), PUSHPIN), "");
  }

  @Test
  void truncated_and_huge_tokens_are_invalid() {
    String token = hs256("{\"iss\":\"pushpin\",\"exp\":" + LATER + "}");
    for (int length = 0; length < token.length(); length++) {
      assertInvalid(verify(token.substring(0, length), PUSHPIN), "");
    }
    assertInvalid(verify(token + "x".repeat(1_000_000), PUSHPIN), "longer than 8192");
    assertInvalid(verify(null, PUSHPIN), "no token");
  }

  @Test
  void while_a_key_is_replaced_both_verify_and_nothing_else_does() {
    GripProxy proxy = GripProxy.builder(URI.create("http://h"))
        .verifyKey(GripKey.parse("the-new-key-of-this-proxy"))
        .previousVerifyKey(GripKey.parse("changeme"))
        .verifyIssuer("pushpin")
        .build();
    Instant later = Instant.ofEpochSecond(LATER);

    for (String key : List.of("changeme", "the-new-key-of-this-proxy")) {
      assertThat(verify(GripSig.sign(GripKey.parse(key), "pushpin", later), proxy))
          .isEqualTo(new GripSig.Valid(proxy));
    }
    assertInvalid(
        verify(GripSig.sign(GripKey.parse("another key"), "pushpin", later), proxy),
        "not a valid HS256 token");
  }

  @Test
  void without_a_key_nothing_is_valid() {
    String token = hs256("{\"iss\":\"pushpin\",\"exp\":" + LATER + "}");

    assertInvalid(verify(token), "no proxy has a verify key");
    assertInvalid(verify(token, GripProxy.parse("http://h?key=changeme")), "no proxy has");
  }

  /** A program, such as a doctor, tells what to do by it. */
  @Test
  void each_problem_has_a_reason() {
    String expired = hs256("{\"iss\":\"pushpin\",\"exp\":1}");

    assertReason(verify(null, PUSHPIN), GripSig.Reason.MISSING);
    assertReason(verify("x".repeat(10_000), PUSHPIN), GripSig.Reason.TOO_LONG);
    assertReason(verify("x.y.z"), GripSig.Reason.NO_VERIFY_KEY);
    assertReason(verify("x.y.z", PUSHPIN), GripSig.Reason.NOT_VERIFIED);
    assertReason(verify(hs256("{\"iss\":\"pushpin\"}"), PUSHPIN), GripSig.Reason.NO_EXPIRY);
    assertReason(
        verify(hs256("{\"iss\":\"b\",\"exp\":" + LATER + "}"), PUSHPIN),
        GripSig.Reason.OTHER_ISSUER);
    assertReason(verify(expired, PUSHPIN), GripSig.Reason.EXPIRED);
    GripProxy other = GripProxy.parse("http://h?verify-key=another-secret-of-another-proxy");
    assertReason(verify(expired, PUSHPIN, other), GripSig.Reason.EXPIRED);
  }

  private static void assertReason(GripSig.Result result, GripSig.Reason reason) {
    assertThat(((GripSig.Invalid) result).reason()).isEqualTo(reason);
  }
}
