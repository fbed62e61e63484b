package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamRoutesTest {
  private final StreamRoutes routes = new StreamRoutes();

  @ParameterizedTest
  @ValueSource(strings = {"/events/<channel>", "/events/*", "/a>"})
  void paths_with_anything_but_parameters_in_braces_are_refused(String path) {
    assertThatThrownBy(() -> routes.queryParam(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("path \"" + path
            + "\" has < > or *; write parameters as {name}, which takes one segment of the path");
  }

  @Test
  void paths_begin_with_a_slash() {
    assertThatThrownBy(() -> routes.channels("events", "a"))
        .hasMessage("path \"events\" does not begin with /");
  }

  @Test
  void parameters_that_the_path_lacks_are_named() {
    assertThatThrownBy(() -> routes.template("/orders/{id}", "order-{number}"))
        .hasMessage("channel template \"order-{number}\" needs the path parameter {number},"
            + " which \"/orders/{id}\" does not have");
    assertThatThrownBy(() -> routes.pathParam("/events"))
        .hasMessage("path \"/events\" has no parameter {channel}");
  }
}
