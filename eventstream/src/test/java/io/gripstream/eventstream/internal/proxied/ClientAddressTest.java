package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.9                      | 203.0.113.9",
        "203.0.113.9, 127.0.0.1           | 203.0.113.9",
        "203.0.113.9, 10.0.0.5, 127.0.0.1 | 203.0.113.9",
        "6.6.6.6, 203.0.113.9             | 203.0.113.9",
        "10.1.2.3                         | 10.1.2.3",
        "10.1.2.3, 10.0.0.5               | 10.1.2.3",
        "2001:db8:1:2:3:4:5:6             | 20010db800010002",
        "2001:db8:1:2::9, ::1             | 20010db800010002",
        "2001:db8::9, fd00::1             | 20010db800000000",
        "127.0.0.1                        | unknown",
        "127.0.0.1, 127.0.0.1             | unknown",
        "example.com                      | unknown",
        "''                               | unknown",
        "unknown, 203.0.113.9             | 203.0.113.9",
        "999.999.999.999                  | unknown",
        "203.0.113.9, 1..2..3             | 203.0.113.9",
        "203.0.113.9, .:                  | 203.0.113.9",
      })
  void is_the_last_address_that_is_not_a_proxy(String header, String client) {
    assertThat(ClientAddress.of(List.of(header)).orElse("unknown")).isEqualTo(client);
  }

  @Test
  void may_come_in_several_headers_or_none() {
    assertThat(ClientAddress.of(List.of("6.6.6.6", "203.0.113.9"))).contains("203.0.113.9");
    assertThat(ClientAddress.of(List.of())).isEmpty();
  }
}
