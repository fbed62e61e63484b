package io.gripstream.eventstream.internal.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisAddressTest {
  @Test
  void address_says_where_who_and_how() {
    assertThat(RedisAddress.parse("redis://db.example"))
        .isEqualTo(new RedisAddress("db.example", 6379, false, null, null, 0, null, false, 0));
    assertThat(RedisAddress.parse("redis://:p%40ss@db.example:6380/3"))
        .isEqualTo(new RedisAddress("db.example", 6380, false, null, "p@ss", 3, null, false, 0));
    assertThat(RedisAddress.parse(
            "REDISS://app:a%2Fb%3A+@[::1]/?durability=relaxed&wait_replicas=1&ssl_ca=/etc/ca.pem"))
        .isEqualTo(
            new RedisAddress("[::1]", 6379, true, "app", "a/b:+", 0, "/etc/ca.pem", true, 1));
  }

  @Test
  void address_in_a_message_has_no_password() {
    assertThat(RedisAddress.parse("redis://app:hidden@db.example/3"))
        .hasToString("Redis at db.example:6379, database 3");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      redis://u:hidden@        | it names no host
      redis://u:hid#den@h      | it names no host
      redis://u:hid%zen@h      | it has a character that must be %-encoded
      redis://:hidden@h/main   | the database's number after the host must be a whole number
      redis://:hidden@h/-1     | the database's number
      redis://h?durability=on  | durability must be full or relaxed
      redis://h?wait_replicas=x| wait_replicas must be a whole number from 0 to 100
      redis://h?timeout=3      | its parameters can be durability=…, wait_replicas=…, ssl_ca=…
      """)
  void wrong_address_is_refused_in_words_without_its_password(String url, String message) {
    assertThatThrownBy(() -> RedisAddress.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("database URL of Redis: " + message)
        .message()
        .doesNotContain("hid");
  }
}
