package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The progress line while a file is published. */
class ProgressTest {
  private final StringWriter terminal = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();

  @Test
  void a_bar_grows_ten_times_a_second_at_most_and_is_wiped_in_the_end() {
    Progress progress = progress(true, 1_000);

    progress.show(1, 10);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
    progress.show(2_000, 500);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(50));
    progress.show(2_001, 501);
    progress.end();

    assertThat(terminal.toString())
        .isEqualTo("\r[###############---------------] 2,000 events, 4,000/s \r\033[K");
  }

  @Test
  void without_a_known_length_there_is_a_count_only() {
    Progress progress = progress(true, 0);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));

    progress.show(10, 500);

    assertThat(terminal.toString()).isEqualTo("\r10 events, 5/s ");
  }

  @Test
  void without_a_terminal_there_is_nothing() {
    Progress progress = progress(false, 1_000);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));

    progress.show(10, 500);
    progress.end();

    assertThat(terminal.toString()).isEmpty();
  }

  private Progress progress(boolean isShown, long bytes) {
    return new Progress(new PrintWriter(terminal, true), isShown, bytes, nanos::get);
  }
}
