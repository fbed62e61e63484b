package io.gripstream.app.log;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class LogsTest {
  @Test
  void class_whose_lines_commands_leave_out_is_there() {
    assertThatCode(() -> Class.forName(Logs.OUTAGE)).doesNotThrowAnyException();
  }
}
