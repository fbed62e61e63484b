package io.gripstream.app.auth;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.net.httpserver.HttpServer;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.testkit.TestClock;
import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Tokens verified by the keys behind a URL. */
class JwksTest {
  private static final String ISSUER = "https://login.example";
  private static final String UNKNOWN = "the token's key is not in the key set of its issuer";
  private static final String UNREADABLE =
      "the key set of the token's issuer cannot be read; try again later";

  private final TestClock clock = TestClock.now();
  private final KeyPair pair = Jwts.SIG.ES256.keyPair().build();
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile int status = 200;
  private volatile String body = set("one", pair);
  private volatile Runnable duringFetch = () -> {};
  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private HttpServer server;
  private TokenVerifier verifier;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/keys", exchange -> {
      fetches.incrementAndGet();
      duringFetch.run();
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      if (status == 302) {
        exchange.getResponseHeaders().add("Location", url("/elsewhere"));
      }
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
    server.createContext("/elsewhere", exchange -> {
      byte[] bytes = set("one", pair).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
    server.setExecutor(handlers);
    server.start();
    verifier = TokenKeys.verifier(auth(url("/keys"), ISSUER), clock).orElseThrow();
  }

  @AfterEach
  void stop() {
    verifier.close();
    server.stop(0);
    handlers.shutdownNow();
  }

  /** Uses a verifier that waits for its source for longer than a test takes. */
  private void waitLong() {
    verifier.close();
    verifier = new JwtVerifier(
        new JwksKeys(JwksFetch.of(url("/keys"), Duration.ofMinutes(2)), clock),
        KeySet.ALGORITHMS,
        ISSUER,
        null,
        clock);
  }

  @Test
  void a_known_key_is_fetched_once() {
    assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
    assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
    assertThat(fetches).hasValue(1);
  }

  @Test
  void an_open_verifier_reads_the_set_before_the_first_token_and_again_by_itself() {
    verifier.open();
    assertThat(fetches).hasValue(1);
    verifier.verify(token("one", pair));
    assertThat(fetches).hasValue(1);
    body = set("two", pair);
    clock.advance(Duration.ofMinutes(10));

    awaitFetches(2);
    eventually(
        () -> assertThatThrownBy(() -> verifier.verify(token("one", pair))).hasMessage(UNKNOWN));
  }

  /** By which streams end that a token of that key opened. */
  @Test
  void a_grant_of_a_key_holds_until_the_set_is_read_without_it() {
    verifier.open();
    String grant = verifier.verify(token("one", pair)).grant();
    assertThat(verifier.holds(grant)).isTrue();
    try (TokenVerifier restarted =
            TokenKeys.verifier(auth(url("/keys"), ISSUER), clock).orElseThrow();
        TokenVerifier other =
            TokenKeys.verifier(auth(url("/keys"), "https://other/"), clock).orElseThrow()) {
      assertThat(restarted.holds(grant)).as("its set is not read yet").isTrue();
      assertThat(other.holds(grant)).as("of another issuer").isFalse();
    }
    body = set("two", Jwts.SIG.ES256.keyPair().build());
    clock.advance(Duration.ofMinutes(10));

    eventually(() -> assertThat(verifier.holds(grant)).isFalse());
  }

  @Test
  void a_new_key_is_fetched_when_it_first_appears() {
    verifier.verify(token("one", pair));
    KeyPair next = Jwts.SIG.RS256.keyPair().build();
    body = set("two", next);
    clock.advance(Duration.ofSeconds(31));

    assertThat(verifier.verify(token("two", next)).user()).isEqualTo("ann");
    assertThat(fetches).hasValue(2);
  }

  @Test
  void a_new_key_is_fetched_although_the_clock_was_set_back() {
    verifier.verify(token("one", pair));
    KeyPair next = Jwts.SIG.RS256.keyPair().build();
    body = set("two", next);
    clock.setBack(Duration.ofHours(1));

    assertThat(verifier.verify(token("two", next)).user()).isEqualTo("ann");
  }

  @Test
  void unknown_key_ids_cannot_make_us_ask_without_end() {
    for (int i = 0; i < 50; i++) {
      String id = "unknown-" + i;
      assertThatThrownBy(() -> verifier.verify(token(id, pair))).hasMessage(UNKNOWN);
    }
    assertThat(fetches).hasValue(1);
  }

  @Test
  void a_known_key_never_waits_for_a_source_that_hangs() {
    waitLong();
    verifier.verify(token("one", pair));
    CountDownLatch answer = hang();
    clock.advance(Duration.ofMinutes(11));
    try {
      for (int i = 0; i < 5; i++) {
        assertTimeoutPreemptively(Duration.ofSeconds(1), () -> verifier.verify(token("one", pair)));
      }
      awaitFetches(2);
    } finally {
      answer.countDown();
    }
  }

  @Test
  void one_token_of_an_unknown_key_waits_and_others_get_503() throws Exception {
    waitLong();
    verifier.verify(token("one", pair));
    KeyPair next = Jwts.SIG.RS256.keyPair().build();
    body = set("two", next);
    CountDownLatch answer = hang();
    clock.advance(Duration.ofSeconds(31));
    CompletableFuture<Caller> waiting =
        CompletableFuture.supplyAsync(() -> verifier.verify(token("two", next)));
    awaitFetches(2);

    for (int i = 0; i < 5; i++) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(1),
          () -> assertUnavailable(
              "two",
              "the key set of the token's issuer is being read for another token; try again"));
    }
    answer.countDown();
    assertThat(waiting.get(5, TimeUnit.SECONDS).user()).isEqualTo("ann");
    assertThat(fetches).hasValue(2);
  }

  @Test
  void a_source_that_hangs_is_waited_for_two_seconds_and_then_left_alone() {
    CountDownLatch answer = hang();
    try {
      long begin = System.nanoTime();
      assertUnavailable("one", UNREADABLE);
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(1_500), Duration.ofMillis(4_500));
      assertTimeoutPreemptively(Duration.ofSeconds(1), () -> assertUnavailable("one", UNREADABLE));
      assertThat(fetches).hasValue(1);
    } finally {
      answer.countDown();
    }
  }

  @Test
  void pauses_after_failures_count_from_their_end_and_grow_to_a_minute() {
    status = 500;
    duringFetch = () -> clock.advance(Duration.ofSeconds(4));
    List<Integer> pauses = List.of(5, 10, 20, 40, 60, 60);
    for (int i = 0; i < pauses.size(); i++) {
      assertUnavailable("one", UNREADABLE);
      assertThat(fetches).hasValue(i + 1);
      clock.advance(Duration.ofSeconds(pauses.get(i) - 1));
      assertUnavailable("one", UNREADABLE);
      assertThat(fetches).hasValue(i + 1);
      clock.advance(Duration.ofSeconds(1));
    }
    status = 200;

    assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
  }

  @Test
  void when_the_source_fails_the_keys_of_before_stay_for_a_day() {
    verifier.verify(token("one", pair));
    status = 500;
    for (int hour = 0; hour < 24; hour++) {
      assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
      clock.advance(Duration.ofHours(1));
    }
    clock.advance(Duration.ofMinutes(1));

    assertUnavailable("one", UNREADABLE);
  }

  @Test
  void a_source_that_fails_at_first_is_asked_again_soon_and_no_token_is_called_bad() {
    status = 503;
    for (int i = 0; i < 10; i++) {
      assertUnavailable("one", UNREADABLE);
    }
    assertThat(fetches).hasValue(1);
    status = 200;
    clock.advance(Duration.ofSeconds(6));

    assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
  }

  @Test
  void tokens_are_verified_while_the_set_is_read_over_and_over() {
    String token = token("one", pair, Duration.ofDays(365));
    verifier.verify(token);
    AtomicBoolean isOver = new AtomicBoolean();
    List<CompletableFuture<Void>> clients = Stream.generate(() -> CompletableFuture.runAsync(
            () -> {
              while (!isOver.get()) {
                verifier.verify(token);
              }
            },
            handlers))
        .limit(4)
        .toList();
    try {
      eventually(() -> {
        clock.advance(Duration.ofMinutes(2));
        assertThat(fetches).hasValueGreaterThanOrEqualTo(20);
      });
    } finally {
      isOver.set(true);
    }

    clients.forEach(CompletableFuture::join);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"use\":\"enc\"",
        "\"key_ops\":[\"encrypt\"]",
        "\"alg\":\"RSA-OAEP\"",
        "\"alg\":\"RS512\"",
        "\"alg\":\"ES256\""
      })
  void a_key_that_is_for_something_else_verifies_nothing(String purpose) {
    KeyPair rsa = Jwts.SIG.RS256.keyPair().build();
    body = "{\"keys\":[" + jwk("one", rsa, purpose) + "," + jwk("two", rsa, null) + "]}";

    assertThat(verifier.verify(token("two", rsa)).user()).isEqualTo("ann");
    assertThatThrownBy(() -> verifier.verify(token("one", rsa))).hasMessage(UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"use\":\"sig\"",
        "\"key_ops\":[\"verify\"]",
        "\"alg\":\"RS256\"",
        "\"use\":\"sig\",\"alg\":\"RS256\",\"key_ops\":[\"verify\"]"
      })
  void a_key_that_is_for_signatures_verifies_them(String purpose) {
    KeyPair rsa = Jwts.SIG.RS256.keyPair().build();
    body = "{\"keys\":[" + jwk("one", rsa, purpose) + "]}";

    assertThat(verifier.verify(token("one", rsa)).user()).isEqualTo("ann");
  }

  @Test
  void of_two_keys_with_one_id_each_verifies_its_algorithm() {
    KeyPair rsa = Jwts.SIG.RS256.keyPair().build();
    for (List<KeyPair> order : List.of(List.of(pair, rsa), List.of(rsa, pair))) {
      body = "{\"keys\":[" + jwk("one", order.get(0), null) + "," + jwk("one", order.get(1), null)
          + "]}";
      try (TokenVerifier fresh =
          TokenKeys.verifier(auth(url("/keys"), ISSUER), clock).orElseThrow()) {
        assertThat(fresh.verify(token("one", pair)).user()).isEqualTo("ann");
        assertThat(fresh.verify(token("one", rsa)).user()).isEqualTo("ann");
      }
    }
  }

  @Test
  void a_broken_key_of_the_set_leaves_the_others_good() {
    body = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"broken\",\"n\":\"AQAB\",\"e\":\"AQAB\"},"
        + "{\"kty\":\"EC\",\"kid\":\"half\"},{\"kty\":\"new\",\"kid\":\"unheard\"},"
        + jwk("one", pair, null) + "]}";

    assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
  }

  @Test
  void a_key_of_1024_bits_verifies_nothing() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1_024);
    KeyPair weak = generator.generateKeyPair();
    body = set("weak", weak);
    // By hand: the library signs with no such key.
    Instant until = clock.instant().plusSeconds(60);
    String signed = part("{\"alg\":\"RS256\",\"kid\":\"weak\"}") + "."
        + part(
            "{\"sub\":\"ann\",\"iss\":\"" + ISSUER + "\",\"exp\":" + until.getEpochSecond() + "}");
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(weak.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));

    assertThatThrownBy(() -> verifier.verify(signed + "." + encoded(signature.sign())))
        .hasMessage(UNKNOWN);
  }

  private static String part(String json) {
    return encoded(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 200})
  void redirects_and_long_answers_are_not_followed(int answered) {
    status = answered;
    body = answered == 200 ? " ".repeat(300_000) + body : body;

    assertUnavailable("one", UNREADABLE);
    assertThat(fetches).hasValue(1);
  }

  @Test
  void only_a_hundred_keys_of_a_set_are_known() {
    body = Stream.iterate(0, number -> number + 1)
        .limit(101)
        .map(number -> jwk("key-" + number, pair, null))
        .collect(Collectors.joining(",", "{\"keys\":[", "]}"));

    assertThat(verifier.verify(token("key-99", pair)).user()).isEqualTo("ann");
    clock.advance(Duration.ofMinutes(1));
    assertThatThrownBy(() -> verifier.verify(token("key-100", pair))).hasMessage(UNKNOWN);
  }

  @Test
  void a_secret_in_the_set_verifies_nothing() {
    var secret = Jwts.SIG.HS256.key().build();
    body = "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"one\",\"k\":\"" + encoded(secret.getEncoded())
        + "\"}]}";
    String token = Jose.token()
        .header()
        .keyId("one")
        .and()
        .subject("ann")
        .issuer(ISSUER)
        .expiration(Date.from(clock.instant().plusSeconds(60)))
        .signWith(secret)
        .compact();

    assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(Denied.class);
  }

  @Test
  void a_token_of_another_issuer_is_refused_with_any_key() {
    String token = Jose.token()
        .header()
        .keyId("one")
        .and()
        .subject("ann")
        .issuer("https://evil.example")
        .expiration(Date.from(clock.instant().plusSeconds(60)))
        .signWith(pair.getPrivate())
        .compact();

    assertThatThrownBy(() -> verifier.verify(token))
        .hasMessage("the token is not from the configured issuer, or not for this audience");
  }

  @Test
  void the_url_is_https_or_loopback_and_comes_with_an_issuer() {
    assertThatThrownBy(() -> TokenKeys.verifier(auth("http://login.example/keys", ISSUER), clock))
        .isInstanceOf(ConfigException.class)
        .hasMessage("token_jwks_url: \"http://login.example/keys\" must be a URL that begins with"
            + " https:// (or http:// to loopback)");
    assertThatThrownBy(() -> TokenKeys.verifier(auth("https://login.example/keys", null), clock))
        .isInstanceOf(ConfigException.class)
        .hasMessage("token_jwks_url needs token_issuer, the iss of its tokens");
  }

  /** From now on the source accepts and does not answer, until it is let. */
  private CountDownLatch hang() {
    CountDownLatch answer = new CountDownLatch(1);
    duringFetch = () -> {
      try {
        answer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
    return answer;
  }

  private void awaitFetches(int number) {
    eventually(() -> assertThat(fetches).hasValue(number));
  }

  private void assertUnavailable(String id, String message) {
    assertThatThrownBy(() -> verifier.verify(token(id, pair)))
        .hasMessage(message)
        .isInstanceOfSatisfying(
            Denied.class, denied -> assertThat(denied.kind()).isEqualTo(Denied.Kind.UNAVAILABLE));
  }

  private static Settings.Auth auth(String url, @Nullable String issuer) {
    return new Settings.Auth(List.of(), null, null, url, issuer, null);
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private String token(String id, KeyPair pair) {
    return token(id, pair, Duration.ofSeconds(60));
  }

  private String token(String id, KeyPair pair, Duration ttl) {
    return Jose.token()
        .header()
        .keyId(id)
        .and()
        .subject("ann")
        .issuer(ISSUER)
        .expiration(Date.from(clock.instant().plus(ttl)))
        .signWith(pair.getPrivate())
        .compact();
  }

  private static String set(String id, KeyPair pair) {
    return "{\"keys\":[" + jwk(id, pair, null) + "]}";
  }

  /** @param purpose members that say what the key is for; null: none */
  private static String jwk(String id, KeyPair pair, @Nullable String purpose) {
    PublicJwk<?> key = pair.getPublic() instanceof ECPublicKey ec
        ? Jwks.builder().key(ec).id(id).build()
        : Jwks.builder().key((RSAPublicKey) pair.getPublic()).id(id).build();
    String json = new JsonMapper().writeValueAsString(key);
    return purpose == null ? json : "{" + purpose + "," + json.substring(1);
  }
}
