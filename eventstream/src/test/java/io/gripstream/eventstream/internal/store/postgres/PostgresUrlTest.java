package io.gripstream.eventstream.internal.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresUrlTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          jdbc:postgresql://h:5/app?user=u&password=p | jdbc:postgresql://h:5/app?user=u&password=p
          jdbc:postgresql:app                         | jdbc:postgresql:app
          jdbc:postgresql:///app                      | jdbc:postgresql:///app
          jdbc:postgresql://u:p@h/app                 | jdbc:postgresql://h/app?user=u&password=p
          jdbc:postgresql://u:p@h/app?user=other      | jdbc:postgresql://h/app?user=other&password=p
          postgres://u:p@h:5432/app?sslmode=require   | jdbc:postgresql://h:5432/app?sslmode=require&user=u&password=p
          postgresql://u@h/app                        | jdbc:postgresql://h/app?user=u
          POSTGRES://u@h/app                          | jdbc:postgresql://h/app?user=u
          postgres://u@h                              | jdbc:postgresql://h/?user=u
          postgres://u:a%40b+c%2Fd%25@h/app           | jdbc:postgresql://h/app?user=u&password=a%40b%2Bc%2Fd%25
          postgres://u:a@b@h/app                      | jdbc:postgresql://h/app?user=u&password=a%40b
          postgres://u:p@[::1]:5432/app               | jdbc:postgresql://[::1]:5432/app?user=u&password=p
          postgres://u@a:1,b:2/app                    | jdbc:postgresql://a:1,b:2/app?user=u&targetServerType=primary
          postgres://u@a,b/app?target_session_attrs=read-write | jdbc:postgresql://a,b/app?user=u&targetServerType=primary
          postgres://u@h/app?target_session_attrs=primary | jdbc:postgresql://h/app?user=u
          jdbc:postgresql://a,b/app?targetServerType=any | jdbc:postgresql://a,b/app?targetServerType=any
          postgres://u@h/app?connect_timeout=3&channel_binding=require | jdbc:postgresql://h/app?connectTimeout=3&channelBinding=require&user=u
          """)
  void address_is_put_as_the_driver_wants_it(String given, String driver) {
    assertThat(PostgresUrl.isOne(given)).isTrue();
    assertThat(PostgresUrl.jdbc(given)).isEqualTo(driver);
  }

  @Test
  void password_with_a_bare_percent_sign_is_refused_without_repeating_it() {
    assertThatThrownBy(() -> PostgresUrl.jdbc("postgres://u:secret%zz@h/app"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("%25")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void folder_of_a_socket_is_refused() {
    assertThatThrownBy(() -> PostgresUrl.jdbc("postgresql://u@%2Fvar%2Frun%2Fpostgresql/app"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unix-domain socket");
  }
}
