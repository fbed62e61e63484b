package io.gripstream.app.auth;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeakSecretsTest {
  @ParameterizedTest
  @CsvSource({
    "short, 'it has 5 bytes; at least 16 are needed'",
    "changeme-changeme-changeme, it is well known or easy to guess",
    "'!ChangeThisMercureHubJWTSecretKey!', it is well known or easy to guess",
    "your-256-bit-secret, it is well known or easy to guess",
    "aaaaaaaaaaaaaaaaaaaaaaaa, it is well known or easy to guess",
    "1212121212121212121212, it is well known or easy to guess"
  })
  void are_refused_by_name(String secret, String reason) {
    assertThatThrownBy(() -> WeakSecrets.check("api_keys, key 1", secret, 16))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("api_keys, key 1: " + reason)
        .hasMessageNotContaining(secret)
        .hasMessageEndingWith("Make one with: openssl rand -hex 16");
  }

  @Test
  void random_ones_pass() {
    assertThatCode(() -> WeakSecrets.check("token_secret", "3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c", 32))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c\"", "'3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c'"})
  void quotation_marks_kept_by_a_file_are_refused(String secret) {
    assertThatThrownBy(() -> WeakSecrets.check("token_secret", secret, 32))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "token_secret: it is in quotation marks (docker run --env-file keeps them). Remove them");
  }
}
