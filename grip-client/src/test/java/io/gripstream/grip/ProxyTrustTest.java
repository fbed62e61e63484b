package io.gripstream.grip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProxyTrustTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final String SECRET = "a secret of one's own";

  private static final GripProxy KEYLESS = GripProxy.parse("http://127.0.0.1:5561");
  private static final GripProxy OWN_KEY = KEYLESS.withVerifyKey(GripKey.parse(SECRET));
  private static final GripProxy DEFAULT_KEY = KEYLESS.withVerifyKey(GripKey.parse("changeme"));

  private static ProxyTrust trust(GripProxy proxy) {
    return new ProxyTrust(List.of(proxy), GripPrefix.NONE, Set.of("10.0.0.7"), CLOCK);
  }

  private static HeaderSource signedWith(String secret) {
    String token = GripSig.sign(GripKey.parse(secret), "pushpin", NOW.plusSeconds(60));
    return name -> name.equals("Grip-Sig") ? List.of(token) : List.of();
  }

  private static boolean believes(GripProxy proxy, String secret, String peer) {
    return trust(proxy).read(signedWith(secret), peer).isProxied();
  }

  @Test
  void a_signature_with_a_secret_key_is_believed_from_everywhere() {
    assertThat(believes(OWN_KEY, SECRET, "192.0.2.1")).isTrue();
    assertThat(believes(OWN_KEY, "another secret of others", "127.0.0.1")).isFalse();
  }

  @Test
  void without_a_secret_key_only_loopback_and_trusted_addresses_are_believed() {
    for (GripProxy proxy : List.of(KEYLESS, DEFAULT_KEY)) {
      assertThat(believes(proxy, "changeme", "127.0.0.1")).isTrue();
      assertThat(believes(proxy, "changeme", "::1")).isTrue();
      assertThat(believes(proxy, "changeme", "10.0.0.7")).isTrue();
      assertThat(believes(proxy, "changeme", "10.0.0.8")).isFalse();
      assertThat(believes(proxy, "changeme", "192.0.2.1")).isFalse();
    }
  }

  @Test
  void a_trusted_address_may_be_written_in_each_way() {
    ProxyTrust trust = new ProxyTrust(
        List.of(KEYLESS), GripPrefix.NONE, Set.of("2001:DB8::7", "fe80::1%eth0"), CLOCK);
    HeaderSource request = signedWith("changeme");

    assertThat(trust.read(request, "2001:db8:0:0:0:0:0:7").isProxied()).isTrue();
    assertThat(trust.read(request, "fe80:0:0:0:0:0:0:1%eth0").isProxied()).isTrue();
    assertThat(trust.read(request, "fe80:0:0:0:0:0:0:1%eth1").isProxied()).isFalse();
    assertThat(trust.read(request, "2001:db8:0:0:0:0:0:8").isProxied()).isFalse();
  }

  @Test
  void a_trusted_address_that_is_none_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ProxyTrust(List.of(KEYLESS), GripPrefix.NONE, Set.of("10.0.0.0/8"), CLOCK))
        .withMessage("trusted address \"10.0.0.0/8\": not a numeric address such as 10.0.0.7");
  }

  @Test
  void a_request_that_says_nothing_of_a_proxy_is_direct_and_not_counted() {
    ProxyTrust trust = trust(KEYLESS);

    assertThat(trust.read(name -> List.of(), "127.0.0.1")).isEqualTo(GripRequest.DIRECT);
    assertThat(trust.refused()).isZero();
    assertThat(trust.lastRefused()).isNull();
  }

  @Test
  void a_refused_signature_is_counted_with_its_reason() {
    ProxyTrust own = trust(OWN_KEY);
    ProxyTrust known = trust(DEFAULT_KEY);

    assertThat(own.read(signedWith("another secret of others"), "127.0.0.1").refusal())
        .isEqualTo(new GripSig.Invalid(GripSig.Reason.NOT_VERIFIED, "not a valid HS256 token"));
    assertThat(known.read(signedWith("changeme"), "192.0.2.1").refusal())
        .extracting(GripSig.Invalid::reason)
        .isEqualTo(GripSig.Reason.UNTRUSTED_PEER);

    assertThat(own.refused()).isEqualTo(1);
    assertThat(own.lastRefused())
        .isEqualTo(
            new RefusedSignature(NOW, GripSig.Reason.NOT_VERIFIED, "not a valid HS256 token"));
    assertThat(known.lastRefused()).isNotNull();
  }
}
