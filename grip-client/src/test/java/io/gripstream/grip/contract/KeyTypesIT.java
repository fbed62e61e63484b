package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.GripProxy;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.contract.TestOrigin.Reply;
import io.gripstream.grip.testkit.HeldResponse;
import io.gripstream.grip.testkit.Pushpin;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pushpin signs, we verify: with each type of key that it can sign with. */
class KeyTypesIT {

  private record Keys(String signing, String file, String verifying) {}

  private static Keys keys(String type) throws GeneralSecurityException {
    if (type.equals("text")) {
      return new Keys("changeme", "", "changeme");
    }
    if (type.equals("base64")) {
      return new Keys("base64:j/8Q+w==", "", "base64:j_8Q-w");
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
    generator.initialize(type.equals("EC") ? 256 : 2048);
    KeyPair pair = generator.generateKeyPair();
    return new Keys(
        "file:key.pem",
        pem("PRIVATE KEY", privateDer(pair)),
        pem("PUBLIC KEY", pair.getPublic().getEncoded()));
  }

  /** Java leaves the public key out of an EC private key, and Pushpin then does not sign at all. */
  private static byte[] privateDer(KeyPair pair) {
    byte[] encoded = pair.getPrivate().getEncoded();
    if (!(pair.getPrivate() instanceof ECPrivateKey key)) {
      return encoded;
    }
    byte[] publicDer = pair.getPublic().getEncoded();
    byte[] point = Arrays.copyOfRange(publicDer, publicDer.length - 65, publicDer.length);
    String secret = "%064x".formatted(key.getS());
    return HexFormat.of()
        .parseHex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420"
            + secret
            + "a144034200"
            + HexFormat.of().formatHex(point));
  }

  private static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "base64", "EC", "RSA"})
  void a_token_made_by_pushpin_is_accepted(String type) throws Exception {
    Keys keys = keys(type);
    try (var origin = new TestOrigin();
        Pushpin pushpin = Pushpin.builder()
            .route("* 127.0.0.1:" + origin.port())
            .proxySetting("sig_key", keys.signing())
            .file("key.pem", keys.file())
            .readyPath("/ready")
            .start()) {
      origin.route("/signed", r -> Reply.of("ok"));
      GripProxy proxy = GripProxy.fromConfig(Map.of(
          "control_uri", pushpin.controlUri().toString(),
          "verify_key", keys.verifying(),
          "verify_iss", "pushpin"));

      assertThat(HeldResponse.get(pushpin.uri().resolve("/signed")).awaitEnd()).isEqualTo("ok");

      GripRequest request = GripRequest.read(
          origin.takeRequest("/signed").headers(), List.of(proxy), Clock.systemUTC());
      assertThat(request.refusal()).isNull();
      assertThat(request.isSigned()).isTrue();
    }
  }
}
