package io.gripstream.app.api;

import io.gripstream.grip.internal.Threads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs checks in the background, one at a time, and keeps the last results. Checks of one kind
 * begin at most once in {@link #QUICK_EVERY} or {@link #THOROUGH_EVERY}, for any number of pages.
 * Thread-safe.
 */
final class Checkups {
  private static final Logger LOG = LoggerFactory.getLogger(Checkups.class);
  static final Duration QUICK_EVERY = Duration.ofSeconds(10);
  static final Duration THOROUGH_EVERY = Duration.ofSeconds(30);

  private final Checkup checkup;
  private final Clock clock;
  private Run quick = Run.NEVER;
  private Run thorough = Run.NEVER;
  private boolean isBusy;

  Checkups(Checkup checkup, Clock clock) {
    this.checkup = checkup;
    this.clock = clock;
  }

  /**
   * The results of the last run so far.
   *
   * @param at when it began; null: there was none
   */
  record Run(@Nullable Instant at, boolean isRunning, List<Checkup.Result> results) {
    static final Run NEVER = new Run(null, false, List.of());

    /** Also after the clock was set back: else the results would stay for as long. */
    private boolean isOlderThan(Duration age, Instant now) {
      return at == null || Duration.between(at, now).abs().compareTo(age) >= 0;
    }

    private Run with(Checkup.Result result) {
      List<Checkup.Result> all = new ArrayList<>(results);
      all.add(result);
      return new Run(at, true, List.copyOf(all));
    }
  }

  /** The quick checks, which are run again for the next caller if they are old. */
  synchronized Run quick() {
    begin(false);
    return quick;
  }

  synchronized Run thorough() {
    return thorough;
  }

  /** Begins all checks, unless checks run or did a moment ago. Returns whether it did. */
  synchronized boolean beginThorough() {
    return begin(true);
  }

  private boolean begin(boolean isThorough) {
    Instant now = clock.instant();
    boolean isDue = isThorough
        ? thorough.isOlderThan(THOROUGH_EVERY, now)
        : quick.isOlderThan(QUICK_EVERY, now);
    if (isBusy || !isDue) {
      return false;
    }
    isBusy = true;
    if (isThorough) {
      thorough = new Run(now, true, List.of());
    }
    Threads.daemon("gripstream-checkup", () -> run(isThorough, now)).start();
    return true;
  }

  private void run(boolean isThorough, Instant begun) {
    List<Checkup.Result> results = new ArrayList<>();
    try {
      checkup.run(isThorough, result -> {
        results.add(result);
        if (isThorough) {
          add(result);
        }
      });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("The checks of the console did not come to an end", e);
      Checkup.Result broken =
          new Checkup.Result("fail", "checks", "they did not come to an end; see the server's log");
      results.add(broken);
    } finally {
      end(isThorough, new Run(begun, false, List.copyOf(results)));
    }
  }

  private synchronized void add(Checkup.Result result) {
    thorough = thorough.with(result);
  }

  private synchronized void end(boolean isThorough, Run run) {
    isBusy = false;
    if (isThorough) {
      thorough = run;
    } else {
      quick = run;
    }
  }
}
