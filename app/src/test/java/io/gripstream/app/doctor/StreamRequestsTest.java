package io.gripstream.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import okhttp3.HttpUrl;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamRequestsTest {
  @ParameterizedTest
  @CsvSource({
    "https://app.example/, true",
    "http://127.0.0.1:7999/, true",
    "http://localhost:7999/, true",
    "http://[::1]:7999/, true",
    "http://app.example/, false",
    "http://10.0.0.1:8080/, false"
  })
  void the_servers_own_key_is_sent_over_private_connections_only(String to, boolean isPrivate) {
    assertThat(StreamRequests.isPrivate(HttpUrl.get(to))).isEqualTo(isPrivate);
  }
}
