package io.gripstream.grip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GripRequestTest {

  private static final Clock CLOCK = Clock.systemUTC();
  private static final GripProxy KEYED = GripProxy.parse("http://a?verify-key=k");
  private static final GripProxy KEYLESS = GripProxy.parse("http://b");
  private static final String SIGNATURE =
      GripSig.sign(GripKey.parse("k"), "pushpin", CLOCK.instant().plusSeconds(60));

  private static HeaderSource headers(Map<String, List<String>> headers) {
    return name -> headers.getOrDefault(name, List.of());
  }

  private static HeaderSource signedBy(String signature) {
    return headers(Map.of(
        "Grip-Sig", List.of(signature),
        "Grip-Feature", List.of("status, link:next", "session"),
        "Grip-Last",
            List.of(
                "p-a; last-id=1", "p-b ;last-id=x=2, p-c; last-id=3;y", "z; last-id=9", "p-d")));
  }

  @Test
  void reads_a_signed_request() {
    GripRequest request =
        GripRequest.read(signedBy(SIGNATURE), List.of(KEYED), new GripPrefix("p-"), CLOCK);

    assertThat(request.isProxied()).isTrue();
    assertThat(request.isSigned()).isTrue();
    assertThat(request.proxy()).isEqualTo(KEYED);
    assertThat(request.features()).containsExactly("status", "link:next", "session");
    assertThat(request.lastIds()).isEqualTo(Map.of("a", "1", "b", "x=2", "c", "3"));
    assertThat(request.refusal()).isNull();
  }

  @Test
  void one_key_among_the_proxies_makes_signatures_necessary() {
    GripRequest forged = GripRequest.read(signedBy("garbage"), List.of(KEYLESS, KEYED), CLOCK);

    assertThat(forged.isProxied()).isFalse();
    assertThat(forged.lastIds()).isEmpty();
    assertThat(forged.features()).isEmpty();
    assertThat(forged.refusal())
        .isEqualTo(new GripSig.Invalid(GripSig.Reason.NOT_VERIFIED, "not a valid HS256 token"));
    assertThat(GripRequest.read(signedBy(SIGNATURE), List.of(KEYLESS, KEYED), CLOCK)
            .isSigned())
        .isTrue();
  }

  @Test
  void without_any_key_a_request_is_proxied_but_not_signed() {
    GripRequest request = GripRequest.read(signedBy("garbage"), List.of(KEYLESS), CLOCK);

    assertThat(request.isProxied()).isTrue();
    assertThat(request.isSigned()).isFalse();
    assertThat(request.proxy()).isNull();
    assertThat(request.lastIds()).containsEntry("p-a", "1");
  }

  @Test
  void without_signature_or_proxies_a_request_is_direct() {
    assertThat(GripRequest.read(headers(Map.of()), List.of(KEYED), CLOCK))
        .isEqualTo(GripRequest.DIRECT);
    assertThat(GripRequest.read(signedBy(SIGNATURE), List.of(), CLOCK))
        .isEqualTo(GripRequest.DIRECT);
  }

  @Test
  void two_signatures_are_none() {
    HeaderSource twice = headers(Map.of("Grip-Sig", List.of("x", SIGNATURE)));

    assertThat(GripRequest.read(twice, List.of(KEYED), CLOCK).refusal())
        .isEqualTo(new GripSig.Invalid(GripSig.Reason.SEVERAL, "there are 2 Grip-Sig headers"));
  }
}
