package io.gripstream.grip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GripKeyTest {

  private static String base64(byte[] bytes) {
    return "base64:" + Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void text_is_a_secret() {
    GripKey key = GripKey.parse("changeme");

    assertThat(key.type()).isEqualTo(GripKey.Type.HMAC);
    assertThat(key.canSign()).isTrue();
    assertThat(key.isPushpinDefault()).isTrue();
    assertThat(GripKey.parse("changeme ").isPushpinDefault()).isFalse();
    assertThat(key).isEqualTo(GripKey.parse("base64:Y2hhbmdlbWU=")).hasToString("GripKey[HMAC]");
  }

  @Test
  void base64_keeps_every_byte_in_both_alphabets() {
    byte[] secret = {(byte) 0x8f, (byte) 0xff, 0x10, (byte) 0xfb};

    assertThat(GripKey.parse("base64:j/8Q+w==")).isEqualTo(GripKey.ofSecret(secret));
    assertThat(GripKey.parse("base64:j_8Q-w")).isEqualTo(GripKey.ofSecret(secret));
    assertThat(GripKey.parse("base64:j/8Q w==")).isEqualTo(GripKey.ofSecret(secret));
  }

  @Test
  void pem_is_read_with_newlines_real_escaped_or_lost() {
    for (TestKeys.Pair pair : TestKeys.pairs()) {
      for (String pem : new String[] {pair.publicPem(), pair.privatePem()}) {
        GripKey key = GripKey.parse(pem);
        assertThat(key.type()).isEqualTo(pair.type());
        assertThat(GripKey.parse(pem.strip().replace("\n", "\\n"))).isEqualTo(key);
        assertThat(GripKey.parse(pem.strip().replace("\n", "\r\n"))).isEqualTo(key);
        assertThat(GripKey.parse(pem.strip().replace("\n", " "))).isEqualTo(key);
        assertThat(GripKey.parse(pem.strip().replace("\n", ""))).isEqualTo(key);
        assertThat(GripKey.parse(base64(pem.getBytes(StandardCharsets.US_ASCII))))
            .isEqualTo(key);
      }
      assertThat(GripKey.parse(pair.publicPem()).canSign()).isFalse();
      assertThat(GripKey.parse(pair.privatePem()).canSign()).isTrue();
    }
  }

  @Test
  void jwk_is_read_by_its_type() {
    GripKey fastly = GripKey.parse("""
            {"kty":"EC","crv":"P-256","x":"CKo5A1ebyFcnmVV8SE5On-8G81JyBjSvcrx4VLetWCg","y":"7gwJqaU6N8TP88--twjkwoB36f-pT3QsmI46nPhjO7M"}""");

    assertThat(fastly.type()).isEqualTo(GripKey.Type.EC);
    assertThat(fastly.canSign()).isFalse();
    assertThat(GripKey.parse("{\"kty\":\"oct\",\"k\":\"Y2hhbmdlbWU\"}"))
        .isEqualTo(GripKey.parse("changeme"));
    for (TestKeys.Pair pair : TestKeys.pairs()) {
      assertThat(GripKey.parse(pair.privateJwk())).isEqualTo(GripKey.parse(pair.privatePem()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "base64:",
        "base64:SECRET*",
        "-----BEGIN PUBLIC KEY-----\nSECRET",
        "-----BEGIN PUBLIC KEY-----\nSECRETSE\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nSECRET*\n-----END PUBLIC KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nSECRETSE\n-----END EC PRIVATE KEY-----",
        "{\"kty\":\"EC\",\"x\":\"SECRET\"}",
        "{\"kty\":\"SECRET\"}",
        "a\ud800",
      })
  void other_texts_are_refused_without_quoting_them(String text) {
    assertThatThrownBy(() -> GripKey.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageContaining("GRIP key")
        .hasMessageNotContaining("SECRET");
  }

  @Test
  void weak_or_unusual_keys_are_refused() {
    assertThatThrownBy(() -> GripKey.parse(TestKeys.publicPem("RSA", 1024)))
        .hasMessageContaining("at least 2048 bits, this one has 1024");
    assertThatThrownBy(() -> GripKey.parse(TestKeys.publicPem("EC", 384)))
        .hasMessageContaining("must be a secret, an EC key on P-256 or an RSA key");
    assertThatThrownBy(() -> GripKey.parse(TestKeys.publicPem("Ed25519", 255)))
        .hasMessageContaining("must be a secret");
  }
}
