package io.gripstream.app.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.testkit.TestClock;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens verified by the keys behind a URL. */
class JwksTest {
  private static final String ISSUER = "https://login.example";

  private final TestClock clock = TestClock.now();
  private final KeyPair pair = Jwts.SIG.ES256.keyPair().build();
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile int status = 200;
  private volatile String body = set("one", pair);
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/keys", exchange -> {
      fetches.incrementAndGet();
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      if (status == 302) {
        exchange.getResponseHeaders().add("Location", url("/elsewhere"));
      }
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void a_known_key_is_fetched_once() {
    TokenVerifier verifier = verifier();

    assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
    assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
    assertThat(fetches).hasValue(1);
  }

  @Test
  void a_new_key_is_fetched_when_it_first_appears() {
    TokenVerifier verifier = verifier();
    verifier.verify(token("one", pair));
    KeyPair next = Jwts.SIG.RS256.keyPair().build();
    body = set("two", next);
    clock.advance(Duration.ofSeconds(31));

    assertThat(verifier.verify(token("two", next)).user()).isEqualTo("ann");
    assertThat(fetches).hasValue(2);
  }

  @Test
  void unknown_key_ids_cannot_make_us_ask_without_end() {
    TokenVerifier verifier = verifier();
    for (int i = 0; i < 50; i++) {
      String id = "unknown-" + i;
      assertThatThrownBy(() -> verifier.verify(token(id, pair)))
          .hasMessage("the token's key is not in the key set of its issuer");
    }
    assertThat(fetches).hasValue(1);
  }

  @Test
  void when_the_source_fails_the_keys_of_before_stay() {
    TokenVerifier verifier = verifier();
    verifier.verify(token("one", pair));
    status = 500;
    clock.advance(Duration.ofMinutes(11));

    assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
    assertThat(fetches).hasValue(2);
  }

  @Test
  void a_source_that_fails_at_first_is_asked_again_soon_and_nobody_is_told_that_his_token_is_bad() {
    TokenVerifier verifier = verifier();
    status = 503;
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> verifier.verify(token("one", pair)))
          .hasMessage("the key set of the token's issuer cannot be read; try again later")
          .isInstanceOfSatisfying(
              Denied.class, denied -> assertThat(denied.kind()).isEqualTo(Denied.Kind.UNAVAILABLE));
    }
    assertThat(fetches).hasValue(1);
    status = 200;
    clock.advance(Duration.ofSeconds(6));

    assertThat(verifier.verify(token("one", pair)).user()).isEqualTo("ann");
  }

  @Test
  void redirects_and_long_answers_are_not_followed() {
    status = 302;
    assertThatThrownBy(() -> verifier().verify(token("one", pair))).isInstanceOf(Denied.class);
    status = 200;
    body = " ".repeat(300_000) + set("one", pair);
    assertThatThrownBy(() -> verifier().verify(token("one", pair))).isInstanceOf(Denied.class);
    assertThat(fetches).hasValue(2);
  }

  @Test
  void a_secret_in_the_set_verifies_nothing() {
    var secret = Jwts.SIG.HS256.key().build();
    body = "{\"keys\":[" + Jwks.UNSAFE_JSON(Jwks.builder().key(secret).id("one").build()) + "]}";
    String token = Jwts.builder()
        .header()
        .keyId("one")
        .and()
        .subject("ann")
        .issuer(ISSUER)
        .expiration(Date.from(clock.instant().plusSeconds(60)))
        .signWith(secret)
        .compact();

    assertThatThrownBy(() -> verifier().verify(token)).isInstanceOf(Denied.class);
  }

  @Test
  void a_token_of_another_issuer_is_refused_whatever_its_key() {
    String token = Jwts.builder()
        .header()
        .keyId("one")
        .and()
        .subject("ann")
        .issuer("https://evil.example")
        .expiration(Date.from(clock.instant().plusSeconds(60)))
        .signWith(pair.getPrivate())
        .compact();

    assertThatThrownBy(() -> verifier().verify(token))
        .hasMessage("the token is not from the configured issuer, or not for this audience");
  }

  @Test
  void the_url_is_https_or_loopback_and_comes_with_an_issuer() {
    assertThatThrownBy(() -> TokenKeys.verifier(auth("http://login.example/keys", ISSUER), clock))
        .isInstanceOf(ConfigException.class)
        .hasMessage("token_jwks_url: it must begin with https:// (or http:// to loopback)");
    assertThatThrownBy(() -> TokenKeys.verifier(auth("https://login.example/keys", null), clock))
        .isInstanceOf(ConfigException.class)
        .hasMessage("token_jwks_url needs token_issuer: whose keys these are");
  }

  private TokenVerifier verifier() {
    return TokenKeys.verifier(auth(url("/keys"), ISSUER), clock).orElseThrow();
  }

  private static Settings.Auth auth(String url, @org.jspecify.annotations.Nullable String issuer) {
    return new Settings.Auth(List.of(), null, null, url, issuer, null, null);
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private String token(String id, KeyPair pair) {
    return Jwts.builder()
        .header()
        .keyId(id)
        .and()
        .subject("ann")
        .issuer(ISSUER)
        .expiration(Date.from(clock.instant().plusSeconds(60)))
        .signWith(pair.getPrivate())
        .compact();
  }

  private static String set(String id, KeyPair pair) {
    var jwk = pair.getPublic() instanceof ECPublicKey ec
        ? Jwks.builder().key(ec).id(id).build()
        : Jwks.builder()
            .key((java.security.interfaces.RSAPublicKey) pair.getPublic())
            .id(id)
            .build();
    return "{\"keys\":[" + Jwks.json(jwk) + "]}";
  }
}
