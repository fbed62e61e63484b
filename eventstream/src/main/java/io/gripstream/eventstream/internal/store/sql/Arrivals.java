package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The drafts of one transaction. Some may arrive while the first are being stored. */
public interface Arrivals {
  /** Returns new drafts; empty: no more will come. May wait a moment. */
  List<Draft> next();

  /** Exactly these. */
  static Arrivals of(List<Draft> drafts) {
    Iterator<List<Draft>> portions = List.of(drafts, List.<Draft>of()).iterator();
    return portions::next;
  }

  /** All remaining drafts. */
  default List<Draft> all() {
    List<Draft> all = new ArrayList<>();
    for (List<Draft> more = next(); !more.isEmpty(); more = next()) {
      all.addAll(more);
    }
    return all;
  }
}
