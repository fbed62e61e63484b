package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.DirectOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DirectOptionsTest {
  @Test
  void one_option_changes_and_the_others_stay() {
    DirectOptions changed = DirectOptions.DEFAULT.with().maxPerUser(3).build();

    assertThat(changed.maxPerUser()).isEqualTo(3);
    assertThat(changed.with().maxPerUser(DirectOptions.UNLIMITED).build())
        .isEqualTo(DirectOptions.DEFAULT);
  }

  @Test
  void nonsense_is_refused_by_name() {
    assertThatThrownBy(() -> DirectOptions.DEFAULT.with().maxConnections(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxConnections 0 must be at least 1");
    assertThatThrownBy(() -> DirectOptions.DEFAULT.withKeepAlive(Duration.ZERO))
        .hasMessage("keepAlive PT0S must be from PT0.001S to P1D");
  }
}
