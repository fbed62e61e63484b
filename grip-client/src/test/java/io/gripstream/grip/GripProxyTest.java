package io.gripstream.grip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GripProxyTest {

  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_000_000), ZoneOffset.UTC);

  private static @Nullable String authorization(String url) {
    return GripProxy.parse(url).authorization(CLOCK);
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:5561, http://localhost:5561, http://localhost:5561/publish/",
    "http://localhost:5561/, http://localhost:5561, http://localhost:5561/publish/",
    "HTTPS://API.Example.com/realm/r/, https://api.example.com/realm/r, https://api.example.com:443/realm/r/publish/",
    "http://h/a?x=1&key=k&y=2, http://h/a?x=1&y=2, http://h:80/a/publish/?x=1&y=2",
    "http://u:p@h:1?verify-key=k, http://h:1, http://h:1/publish/",
    "http://[::1]:5561, http://[::1]:5561, http://[::1]:5561/publish/",
  })
  void parses_the_endpoint(String url, String control, String publish) {
    GripProxy proxy = GripProxy.parse(url);

    assertThat(proxy.controlUri()).isEqualTo(URI.create(control));
    assertThat(proxy.controlUri("publish/")).isEqualTo(URI.create(publish));
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:5561, http://localhost:5561/",
    "https://a:secret@api.example.com/x, https://api.example.com:443/x",
    "http://h?token=secret, http://h:80/",
  })
  void name_is_stable_and_has_no_secret(String url, String name) {
    assertThat(GripProxy.parse(url).name()).isEqualTo(name);
    assertThat(GripProxy.parse(url).toString()).isEqualTo("GripProxy[" + name + "]");
  }

  @Test
  void key_with_iss_makes_a_jwt() {
    String header = authorization("http://h?iss=realm&key=base64:c2VjcmV0LSv/");

    assertThat(header).startsWith("Bearer ey");
    var same = GripProxy.builder(URI.create("http://h"))
        .verifyKey(GripKey.ofSecret(Base64.getDecoder().decode("c2VjcmV0LSv/")))
        .verifyIssuer("realm")
        .build();
    assertThat(GripSig.verify(header.substring(7), List.of(same), CLOCK))
        .isEqualTo(new GripSig.Valid(same));
  }

  @Test
  void key_alone_is_a_bearer_token_verbatim() {
    assertThat(authorization("http://h?key=a+b/c%3D%2B")).isEqualTo("Bearer a+b/c=+");
    assertThat(GripProxy.parse("http://h?key=abc").verifyKey()).isNull();
  }

  @Test
  void user_and_password_are_basic_authentication() {
    assertThat(authorization("http://us%40er:p%C3%A4ss:w@h"))
        .isEqualTo("Basic "
            + Base64.getEncoder().encodeToString("us@er:päss:w".getBytes(StandardCharsets.UTF_8)));
    assertThat(authorization("http://h")).isNull();
  }

  @Test
  void verify_key_falls_back_to_a_secret_that_signs() {
    assertThat(GripProxy.parse("http://h?iss=i&key=k").verifyKey()).isEqualTo(GripKey.parse("k"));
    assertThat(
            GripProxy.parse("http://h?iss=i&key=k&verify-key=v&verify-iss=vi").verifyKey())
        .isEqualTo(GripKey.parse("v"));
    assertThat(GripProxy.parse("http://h?verify-iss=a+b%20c").verifyIssuer()).isEqualTo("a+b c");
  }

  @Test
  void environment_may_have_several_urls_and_one_verify_key() {
    List<GripProxy> proxies = GripProxy.fromEnvironment(Map.of(
        "GRIP_URL", " http://a:1?verify-key=x\n http://b:2 ", "GRIP_VERIFY_KEY", "base64:eQ=="));

    assertThat(proxies).extracting(GripProxy::name).containsExactly("http://a:1/", "http://b:2/");
    assertThat(proxies)
        .extracting(GripProxy::verifyKey)
        .containsExactly(GripKey.parse("x"), GripKey.parse("y"));
    assertThat(GripProxy.fromEnvironment(Map.of())).isEmpty();
  }

  @Test
  void while_a_verify_key_is_replaced_the_one_before_is_beside_it() {
    List<GripProxy> proxies = GripProxy.fromEnvironment(Map.of(
        "GRIP_URL", "http://a:1?verify-key=x&verify-key-previous=w http://b:2",
        "GRIP_VERIFY_KEY", "y",
        "GRIP_VERIFY_KEY_PREVIOUS", "v"));
    GripProxy other = GripProxy.fromConfig(
        Map.of("control_uri", "http://h:1", "verify_key", "new", "verify_key_previous", "old"));

    assertThat(proxies)
        .extracting(GripProxy::verifyKeys)
        .containsExactly(keys("x", "w"), keys("y", "v"));
    assertThat(other.verifyKeys()).isEqualTo(keys("new", "old"));
  }

  private static List<GripKey> keys(String... texts) {
    return Stream.of(texts).map(GripKey::parse).toList();
  }

  @Test
  void environment_that_is_malformed_names_the_variable_and_not_the_key() {
    assertThatThrownBy(() -> GripProxy.fromEnvironment(Map.of("GRIP_URL", "localhost:5561")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GRIP_URL");
    assertThatThrownBy(() -> GripProxy.fromEnvironment(
            Map.of("GRIP_URL", "http://b:2", "GRIP_VERIFY_KEY", "base64:secret!")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("GRIP_VERIFY_KEY: ")
        .hasMessageNotContaining("secret!");
  }

  @Test
  void configuration_objects_have_the_names_of_the_field() {
    GripProxy proxy = GripProxy.fromConfig(Map.of(
        "control_uri", "http://h:1",
        "control_iss", "i",
        "key", "k",
        "verify_iss", "vi",
        "verify_key", "vk"));

    assertThat(proxy)
        .isEqualTo(GripProxy.parse("http://h:1?iss=i&key=k&verify-iss=vi&verify-key=vk"));
    assertThatThrownBy(() -> GripProxy.fromConfig(Map.of("control_url", "http://h")))
        .hasMessage(
            "unknown name \"control_url\" in the configuration of a GRIP proxy; known are control_uri, control_iss, key, verify_iss, verify_key, verify_key_previous");
    assertThatThrownBy(() -> GripProxy.fromConfig(Map.of("key", "k")))
        .hasMessageContaining("needs control_uri");
  }

  @Test
  void fastly_publishes_with_the_token_and_verifies_with_the_public_key() {
    GripProxy proxy = GripProxy.fastly("abc123", "token");

    assertThat(proxy.controlUri("publish/"))
        .isEqualTo(URI.create("https://api.fastly.com:443/service/abc123/publish/"));
    assertThat(proxy.authorization(CLOCK)).isEqualTo("Bearer token");
    assertThat(proxy.verifyIssuer()).isEqualTo("fastly:abc123");
    assertThat(proxy.verifyKey()).isEqualTo(GripKey.parse("""
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECKo5A1ebyFcnmVV8SE5On+8G81Jy
                BjSvcrx4VLetWCjuDAmppTo3xM/zz763COTCgHfp/6lPdCyYjjqc+GM7sw==
                -----END PUBLIC KEY-----
                """));
    assertThatThrownBy(() -> GripProxy.fastly("a/b", "t")).hasMessageContaining("\"a/b\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost:5561",
        "ftp://h?key=SECRET",
        "http://?key=SECRET",
        "http://h:99999?key=SECRET",
        "http://h:0?key=SECRET",
        "http://h..h?key=SECRET",
        "http://0123456789012345678901234567890123456789012345678901234567890123?key=SECRET",
        "http://h?iss=SECRET",
        "http://h?key=",
        "http://h?key=SECRET&key=SECRET",
        "http://h?key=%zzSECRET",
        "http://h?key=SECRET#SECRET",
        "http://SECRET@h",
        "http://u:SECRET@h?key=SECRET",
        "http://h?iss=i&key=base64:SECRET*",
        "http://h?verify-key=-----BEGIN+PUBLIC+KEY-----SECRET",
        "http://h?key=S%00ECRET",
        "http://h h/SECRET",
        "http://u:SECRET@h h/",
      })
  void malformed_urls_are_refused_without_their_secrets(String url) {
    ThrowingCallable parse = () -> GripProxy.parse(url);

    assertThatThrownBy(parse)
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageNotContaining("SECRET");
  }
}
