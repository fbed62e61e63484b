package io.gripstream.eventstream.internal.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.internal.store.redis.RedisAddress.Place;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisAddressTest {
  @Test
  void address_says_where_who_and_how() {
    assertThat(RedisAddress.parse("redis://db.example"))
        .isEqualTo(new RedisAddress(
            List.of(new Place("db.example", 6379)),
            null,
            false,
            null,
            null,
            0,
            null,
            false,
            0,
            null));
    assertThat(RedisAddress.parse("redis://:p%40ss@db.example:6380/3"))
        .isEqualTo(new RedisAddress(
            List.of(new Place("db.example", 6380)),
            null,
            false,
            null,
            "p@ss",
            3,
            null,
            false,
            0,
            null));
    assertThat(RedisAddress.parse(
            "REDISS://app:a%2Fb%3A+@[::1]/?durability=relaxed&wait_replicas=1&ssl_ca=/etc/ca.pem"))
        .isEqualTo(new RedisAddress(
            List.of(new Place("[::1]", 6379)),
            null,
            true,
            "app",
            "a/b:+",
            0,
            "/etc/ca.pem",
            true,
            1,
            null));
  }

  @Test
  void address_of_a_cluster_names_several_of_its_nodes() {
    RedisAddress cluster = RedisAddress.parse("rediss://app:pw@a,b:7000,[::1]?wait_replicas=1");

    assertThat(cluster.places())
        .containsExactly(new Place("a", 6379), new Place("b", 7000), new Place("[::1]", 6379));
    assertThat(cluster.namesCluster()).isTrue();
    assertThat(cluster).hasToString("Redis at a:6379,b:7000,[::1]:6379");
  }

  @Test
  void address_of_sentinels_names_the_master_whom_they_know() {
    RedisAddress known =
        RedisAddress.parse("rediss-sentinel://app:pw@a,b:7000/2?sentinel_password=hid%20den#main");

    assertThat(known.places()).containsExactly(new Place("a", 26379), new Place("b", 7000));
    assertThat(known.sentinelMaster()).isEqualTo("main");
    assertThat(known.sentinelPassword()).isEqualTo("hid den");
    assertThat(known.isTls()).isTrue();
    assertThat(known.namesCluster()).isFalse();
    assertThat(known).hasToString("Redis main of Sentinels at a:26379,b:7000, database 2");
    assertThat(RedisAddress.parse("redis-sentinel://a").sentinelMaster()).isEqualTo("mymaster");
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
      redis://h?timeout=3      | its parameters can be durability=…, wait_replicas=…, ssl_ca=…, sentinel
      redis://:hidden@h,i/3    | a Cluster has no database 3: leave the number out
      redis://:hidden@h,       | it names no host
      redis://:hidden@h:99999  | a port must be a whole number from 0 to 65535
      redis://h?sentinel_password=hidden | sentinel_password is for redis-sentinel:// only
      """)
  void wrong_address_is_refused_in_words_without_its_password(String url, String message) {
    assertThatThrownBy(() -> RedisAddress.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("database URL of Redis: " + message)
        .message()
        .doesNotContain("hid");
  }
}
