package io.gripstream.eventstream.internal.store.redis;

/**
 * An entry of the log that this process has seen: every server that answers later must have it.
 *
 * @param id as Redis makes it: milliseconds, and a number within them; empty: no entry was seen
 * @param token its writer: the process, and the number of its batch
 */
record Entry(String id, String token) {
  static final Entry NONE = new Entry("", "");

  boolean isLaterThan(Entry other) {
    if (id.isEmpty() || other.id.isEmpty()) {
      return other.id.isEmpty() && !id.isEmpty();
    }
    int byTime = Long.compare(number(0), other.number(0));
    return byTime > 0 || (byTime == 0 && number(1) > other.number(1));
  }

  private long number(int part) {
    return Long.parseLong(id.split("-", 2)[part]);
  }
}
