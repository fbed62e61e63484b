package io.gripstream.grip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChannelTest {

  @Test
  void grows_by_prev_id_and_filters() {
    Channel channel =
        Channel.of("news").withPrevId("7").withFilter(Channel.BUILD_ID).withFilter("x");

    assertThat(channel.name()).isEqualTo("news");
    assertThat(channel.prevId()).isEqualTo("7");
    assertThat(channel.filters()).containsExactly("build-id", "x");
    assertThat(Channel.of("news").filters()).isEmpty();
  }

  @Test
  void refuses_text_that_could_not_arrive() {
    assertThatThrownBy(() -> Channel.of("")).hasMessage("channel must not be empty");
    assertThatThrownBy(() -> Channel.of("a\ud800"))
        .hasMessage("channel has half a surrogate pair at index 1, which UTF-8 cannot express");
    assertThatThrownBy(() -> Channel.of("\ufeffa"))
        .hasMessage("channel starts with U+FEFF, a byte order mark, which the proxy would drop");
    assertThatThrownBy(() -> Channel.of("a").withPrevId(""))
        .hasMessage("prev-id of channel a must not be empty");
    assertThatThrownBy(() -> Channel.of("a").withFilter("x; y"))
        .hasMessageContaining("filter \"x; y\" is not a token");
  }
}
