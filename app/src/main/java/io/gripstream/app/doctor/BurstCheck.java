package io.gripstream.app.doctor;

import io.gripstream.grip.publish.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Deliveries at once: by default Pushpin drops those beyond 2,500 a second. */
final class BurstCheck {
  private static final int STREAMS = 8;
  private static final int ITEMS = 250;
  private static final int TRIES = 3;

  /** Time for this number of deliveries at 2,500 a second, Pushpin's default. */
  private static final Duration LIMITED = Duration.ofMillis(700);

  private static final Duration LONGEST = Duration.ofSeconds(15);

  private final HeldStreams streams;
  private final String channel;

  /** @param channel used by no other program */
  BurstCheck(HeldStreams streams, String channel) {
    this.streams = streams;
    this.channel = channel;
  }

  /** Returns the finding; null: the check was not possible. */
  @Nullable
  Finding check() throws InterruptedException {
    List<HeldStream> held = new ArrayList<>();
    try {
      for (int i = 0; i < STREAMS; i++) {
        HeldStream one = streams.hold(channel);
        if (one == null) {
          return null;
        }
        held.add(one);
      }
      Boolean asked = streams.settle(held.get(0));
      return asked == null ? null : check(held, asked ? 0 : 1);
    } finally {
      held.forEach(HeldStream::close);
    }
  }

  private Finding check(List<HeldStream> held, int startsAt) throws InterruptedException {
    int at = startsAt;
    Duration least = LONGEST;
    for (int attempt = 1; attempt <= TRIES && least.compareTo(LIMITED) >= 0; attempt++) {
      int first = attempt * 10_000;
      Duration took = burst(held, first, at);
      if (took == null) {
        return limited("are dropped in part");
      }
      least = took.compareTo(least) < 0 ? took : least;
      at = first + ITEMS - 1;
    }
    return least.compareTo(LIMITED) >= 0
        ? limited("take " + ProxyCheck.seconds(least))
        : Finding.ok(ProxyCheck.SETTINGS, "many events at once arrive without delay");
  }

  private static Finding limited(String how) {
    return Finding.advice(
        ProxyCheck.SETTINGS,
        STREAMS * ITEMS + " deliveries at once " + how + ", as with Pushpin's own limit",
        "message_rate=0 and message_hwm=0 in [handler] of pushpin.conf");
  }

  /** Time from the first delivery to the last; null: some are missing. */
  private @Nullable Duration burst(List<HeldStream> held, int first, int at)
      throws InterruptedException {
    for (int i = 0; i < ITEMS; i++) {
      streams.publish(Item.builder(held.get(0).name())
          .id(Integer.toString(first + i))
          .prevId(Integer.toString(i == 0 ? at : first + i - 1))
          .noSeq()
          .stream("event: " + first + "." + i + "\n\n")
          .build());
    }
    long begin = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (HeldStream one : held) {
      Probe.News firstNews = one.probe().next(first + ".", HeldStreams.PATIENCE);
      Probe.News lastNews = one.probe().next(first + "." + (ITEMS - 1) + " ", HeldStreams.PATIENCE);
      if (firstNews == null || lastNews == null) {
        return null;
      }
      begin = Math.min(begin, firstNews.at());
      end = Math.max(end, lastNews.at());
    }
    return Duration.ofNanos(end - begin);
  }
}
