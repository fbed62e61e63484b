package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.feed.LiveEvent;
import io.gripstream.eventstream.internal.sse.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WriteRunTest {
  private static final Position NOWHERE = Position.of(Map.of(), "e");

  private final LogNode first = LogNode.first(NOWHERE);
  private final WriteRun run = new WriteRun();
  private LogNode last = first;

  private void append(String bytes, String... skipUsers) {
    Event event = new Event("a", Event.NO_ID, "message", "", Set.of(skipUsers), Instant.EPOCH);
    last = last.append(new LiveEvent(event, bytes.getBytes(StandardCharsets.US_ASCII), NOWHERE));
  }

  @Test
  void events_that_wait_are_gathered() {
    append("one");
    append("three");
    run.select(first, last);

    assertThat(StandardCharsets.US_ASCII.decode(run.direct()).toString())
        .isEqualTo("3\r\none\r\n5\r\nthree\r\n");
    assertThat(StandardCharsets.US_ASCII.decode(run.stable(false)).toString())
        .isEqualTo("onethree");
    assertThat(run.end()).isSameAs(last);
  }

  @Test
  void run_is_bounded_but_takes_at_least_one_event() {
    append("x".repeat(200_000));
    append("y".repeat(40_000));
    append("z".repeat(40_000));

    run.select(first, last);
    assertThat(run.direct().remaining()).isEqualTo(200_000 + 9);
    run.select(run.end(), last);
    assertThat(run.direct().remaining()).isEqualTo(40_000 + 8);
    assertThat(run.end().next()).isSameAs(last);
  }

  @Test
  void skipped_user_gets_the_rest() {
    append("one");
    append("two", "me");
    append("three");
    run.select(first, last);

    assertThat(run.skips("me")).isTrue();
    assertThat(run.skips("you")).isFalse();
    assertThat(run.skips(null)).isFalse();
    assertThat(StandardCharsets.US_ASCII.decode(run.without("me", false)).toString())
        .isEqualTo("onethree");
  }

  @Test
  void place_where_a_socket_stopped_is_found() {
    append("one");
    append("two");
    run.select(first, last);
    LogNode second = first.next();

    assertThat(run.before(0)).isSameAs(first);
    assertThat(run.before(7)).isSameAs(first);
    assertThat(run.before(8)).isSameAs(second);
    assertThat(run.offset(second)).isEqualTo(8);
  }
}
