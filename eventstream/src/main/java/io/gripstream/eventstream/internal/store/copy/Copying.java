package io.gripstream.eventstream.internal.store.copy;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.CopyReport;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One copy, from beginning to end: a page of channels after the other, each with its events, and
 * each read back and compared before the next.
 */
public final class Copying {
  private static final int CHANNELS_AT_ONCE = 1_000;
  private static final int EVENTS_AT_ONCE = 2_000;
  private static final int BYTES_AT_ONCE = 4_000_000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final String FROM = "FROM";
  private static final String TO = "TO";

  private final CopySource from;
  private final CopyTarget to;
  private final Consumer<CopyReport> progress;

  /** The failure that says already which storage it is of. */
  private @Nullable StoreException named;

  private long channels;
  private long events;
  private long bytes;
  private long keys;
  private long cursors;
  private long revocations;

  /**
   * A storage that takes part.
   *
   * @param isInUse whether another process is known to have it open; asked before it is opened
   * @param open opens it
   */
  public record Place<T>(BooleanSupplier isInUse, Supplier<T> open) {}

  /** @param progress gets a report without an epoch now and then */
  private Copying(CopySource from, CopyTarget to, Consumer<CopyReport> progress) {
    this.from = from;
    this.to = to;
    this.progress = progress;
  }

  /**
   * Copies, compares, and finishes. Blocks.
   *
   * @throws StoreException whose message begins with {@code FROM} or {@code TO}
   */
  public static CopyReport copy(
      Place<CopySource> from, Place<CopyTarget> to, Consumer<CopyReport> progress) {
    checkUnused(FROM, from.isInUse);
    checkUnused(TO, to.isInUse);
    try (CopySource source = opening(FROM, from.open);
        CopyTarget target = opening(TO, to.open)) {
      return new Copying(source, target, progress).run();
    }
  }

  /** A process that has just ended may still be counted for a moment. */
  private static void checkUnused(String side, BooleanSupplier isInUse) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (opening(side, isInUse::getAsBoolean)) {
      if (System.nanoTime() - end > 0) {
        throw new StoreException(
            StoreException.Kind.BUSY,
            side + ": a process has the storage open; stop every server and program that uses it,"
                + " and copy again",
            null);
      }
      LockSupport.parkNanos(PATIENCE_NANOS / 20);
    }
  }

  private static <T> T opening(String side, Supplier<T> step) {
    try {
      return step.get();
    } catch (StoreException e) {
      throw of(side, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(side + ": " + e.getMessage(), e);
    }
  }

  private static StoreException of(String side, StoreException failure) {
    return new StoreException(failure.kind(), side + ": " + failure.getMessage(), failure);
  }

  private CopyReport run() {
    Copied.Identity identity = on(FROM, from::identity);
    if (on(TO, to::epoch).equals(identity.epoch())) {
      throw refused("FROM and TO are the same storage, or TO is a copy of FROM already: both have"
          + " the epoch " + identity.epoch());
    }
    if (!on(TO, to::begin)) {
      throw refused(
          "TO is not empty, and a copy never overwrites: create an empty storage (createdb NAME,"
              + " another file, redis://HOST/NUMBER) and run gripstream copy again");
    }
    String mark = on(FROM, from::mark);
    on(TO, () -> to.identify(identity));
    on(FROM, () -> from.channels(this::channels));
    on(FROM, () -> from.keys(this::keys));
    on(FROM, () -> from.cursors(this::cursors));
    on(
        FROM,
        () -> from.revocations(page -> {
          on(TO, () -> to.writeRevocations(page));
          revocations += page.size();
        }));
    long found = on(TO, to::channels);
    if (found != channels) {
      throw differs(found + " channels instead of " + channels);
    }
    if (!mark.equals(on(FROM, from::mark))) {
      throw refused("FROM: events were stored while it was copied, and may be missing in TO; stop"
          + " every server and publisher that uses FROM, and copy again");
    }
    String epoch = on(TO, to::finish);
    return report(epoch);
  }

  private CopyReport report(String epoch) {
    return CopyReport.builder()
        .epoch(epoch)
        .channels(channels)
        .events(events)
        .bytes(bytes)
        .keys(keys)
        .cursors(cursors)
        .revocations(revocations)
        .remarks(from.remarks())
        .build();
  }

  private void channels(List<Copied.Channel> all) {
    for (int i = 0; i < all.size(); i += CHANNELS_AT_ONCE) {
      page(all.subList(i, Math.min(all.size(), i + CHANNELS_AT_ONCE)));
    }
  }

  private void page(List<Copied.Channel> page) {
    List<Copied.Channel> fresh = on(TO, () -> to.write(page));
    if (fresh.isEmpty()) {
      return;
    }
    Digest read = new Digest();
    List<Event> batch = new ArrayList<>();
    long[] weight = new long[1];
    from.events(fresh, event -> {
      read.add(event);
      batch.add(event);
      weight[0] += PageLimit.weight(event);
      if (batch.size() == EVENTS_AT_ONCE || weight[0] >= BYTES_AT_ONCE) {
        store(batch, weight[0]);
        weight[0] = 0;
      }
    });
    store(batch, weight[0]);
    channels += fresh.size();
    compare(fresh, read);
    progress.accept(report(""));
  }

  private void store(List<Event> batch, long weight) {
    if (!batch.isEmpty()) {
      on(TO, () -> to.store(batch));
      events += batch.size();
      bytes += weight;
      batch.clear();
      progress.accept(report(""));
    }
  }

  private void compare(List<Copied.Channel> expected, Digest read) {
    Map<String, Copied.Channel> written = new HashMap<>();
    on(TO, to::written).forEach(channel -> written.put(channel.name(), channel));
    Digest found = new Digest();
    on(TO, () -> to.events(expected, found::add));
    for (Copied.Channel channel : expected) {
      Digest.Sum sum = read.of(channel.name());
      if (sum.events() != channel.events() || !sum.isWhole()) {
        throw refused("FROM: channel \"" + channel.name() + "\" has " + sum.events()
            + " events, but its ids require " + channel.events()
            + ": something changed it, now or earlier");
      }
      Copied.Channel there = written.get(channel.name());
      if (there == null || there.last() != channel.last() || there.trimmed() != channel.trimmed()) {
        throw differs("channel \"" + channel.name() + "\" with other ids");
      }
      if (!sum.isSame(found.of(channel.name()))) {
        throw differs("channel \"" + channel.name() + "\" with other events");
      }
    }
  }

  private void keys(List<Copied.Key> page) {
    on(TO, () -> to.writeKeys(page));
    keys += page.size();
  }

  private void cursors(List<Copied.Cursor> page) {
    on(TO, () -> to.writeCursors(page));
    cursors += page.size();
  }

  private StoreException differs(String what) {
    return refused("TO: reading back what was written found " + what
        + "; does something else write into TO, or is its disk damaged? Copy again");
  }

  private StoreException refused(String why) {
    return said(new StoreException(StoreException.Kind.UNAVAILABLE, why, null));
  }

  private void on(String side, Runnable step) {
    on(side, () -> {
      step.run();
      return true;
    });
  }

  /** Says which of the two storages failed. A failure of the other one may pass through. */
  private <T> T on(String side, Supplier<T> step) {
    try {
      return step.get();
    } catch (StoreException e) {
      throw e == named ? e : said(of(side, e));
    }
  }

  private StoreException said(StoreException failure) {
    named = failure;
    return failure;
  }
}
