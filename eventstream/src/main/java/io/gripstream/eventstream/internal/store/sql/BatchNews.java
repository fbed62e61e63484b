package io.gripstream.eventstream.internal.store.sql;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reports the channels to which other processes appended, by the batches since the last look. After
 * very many batches it reports that anything may have changed. Used by one thread.
 */
public final class BatchNews {
  private static final int BATCHES_PER_READ = 2_000;

  private final long self;
  private final Engine.News news;
  private final BatchGaps gaps = new BatchGaps();
  private final ChannelCache<Long, String> names = new ChannelCache<>();

  private record Batch(long id, boolean isOwn, List<IdRange> moved) {}

  /** @param self the number of this process's writer, whose batches are left out */
  public BatchNews(long self, Engine.News news) {
    this.self = self;
    this.news = news;
  }

  /**
   * From now on no change is missed.
   *
   * @param slack how many numbers before the newest one may belong to transactions that are about
   *     to commit
   */
  public void start(Session session, int slack) throws SQLException {
    gaps.startAfter(
        Math.max(0, session.number("SELECT coalesce(max(id), 0) - ? FROM $batch", 0, slack)));
  }

  public void tell(Session session) throws SQLException {
    Set<Long> moved = new HashSet<>();
    note(late(session), moved);
    List<Batch> batches = later(session);
    boolean flood = batches.size() == BATCHES_PER_READ;
    while (batches.size() == BATCHES_PER_READ) {
      note(batches, new HashSet<>());
      batches = later(session);
    }
    note(batches, moved);
    if (flood) {
      news.anything();
    } else {
      tell(session, moved);
    }
  }

  /** Also reports a batch of this process whose commit was in doubt. */
  public void tell(Session session, Set<Long> channels) throws SQLException {
    if (!channels.isEmpty()) {
      news.channels(names(session, channels));
    }
  }

  private List<Batch> later(Session session) throws SQLException {
    return session.list(
        "SELECT id, writer, moved FROM $batch WHERE id > ? ORDER BY id LIMIT ?",
        row -> batch(row.getLong(1), row.getLong(2), row.getString(3)),
        gaps.last(),
        BATCHES_PER_READ);
  }

  private List<Batch> late(Session session) throws SQLException {
    return session.listByNumbers(
        "SELECT id, writer, moved FROM $batch WHERE id IN (NUMBERS)",
        row -> batch(row.getLong(1), row.getLong(2), row.getString(3)),
        gaps.missing(System.nanoTime()));
  }

  private Batch batch(long id, long writer, String moved) {
    boolean isOwn = writer == self;
    return new Batch(id, isOwn, isOwn ? List.of() : IdRange.parse(moved));
  }

  private void note(List<Batch> batches, Set<Long> channels) {
    for (Batch batch : batches) {
      gaps.seen(batch.id, System.nanoTime());
      batch.moved.forEach(moved -> channels.add(moved.channel()));
    }
  }

  private Set<String> names(Session session, Set<Long> channels) throws SQLException {
    Set<String> found = new HashSet<>();
    Set<Long> unknown = new TreeSet<>();
    for (long channel : channels) {
      String name = names.get(channel);
      if (name == null) {
        unknown.add(channel);
      } else {
        found.add(name);
      }
    }
    Map<Long, String> asked = new HashMap<>();
    session
        .listByNumbers(
            "SELECT no, name FROM $channel WHERE no IN (NUMBERS)",
            row -> Map.entry(row.getLong(1), row.getString(2)),
            unknown)
        .forEach(entry -> asked.put(entry.getKey(), entry.getValue()));
    asked.forEach(names::put);
    found.addAll(asked.values());
    return found;
  }
}
