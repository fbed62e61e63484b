package io.gripstream.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A line per entry, whatever is in it. */
class LinesTest {
  private static final String HOSTILE =
      "one\r\n2026-11-24T12:00:00Z ERROR forged\u2028\u202e\u001b[31m";

  @Test
  void a_text_line_has_time_level_and_a_message_that_cannot_forge_another() {
    LogRecord entry = entry(HOSTILE);

    assertThat(new TextLines().format(entry))
        .isEqualTo(
            "2026-11-24T12:00:00.123Z WARN  one\ufffd\ufffd2026-11-24T12:00:00Z ERROR forged\ufffd\ufffd\ufffd[31m\n");
  }

  @Test
  void the_message_of_an_exception_cannot_make_a_line() {
    LogRecord entry = entry("it failed");
    entry.setThrown(new IllegalStateException(HOSTILE));

    assertThat(new TextLines().format(entry).lines().skip(1))
        .allMatch(line -> line.startsWith("\t"));
    assertThat(new JsonLines().format(entry)).hasLineCount(1);
  }

  @Test
  void a_json_line_is_an_object_whose_fields_are_whole() {
    JsonNode line = JsonMapper.builder().build().readTree(new JsonLines().format(entry(HOSTILE)));

    assertThat(line.propertyNames()).containsExactly("time", "level", "logger", "message");
    assertThat(line.get("time").stringValue()).isEqualTo("2026-11-24T12:00:00.123Z");
    assertThat(line.get("level").stringValue()).isEqualTo("WARN");
    assertThat(line.get("message").stringValue()).isEqualTo(HOSTILE);
  }

  private static LogRecord entry(String message) {
    LogRecord entry = new LogRecord(Level.WARNING, message);
    entry.setInstant(Instant.parse("2026-11-24T12:00:00.123Z"));
    entry.setLoggerName("io.gripstream.test");
    return entry;
  }
}
