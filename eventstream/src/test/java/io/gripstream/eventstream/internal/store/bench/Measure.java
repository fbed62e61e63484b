package io.gripstream.eventstream.internal.store.bench;

/** One thing to be measured, several times, in turn with the others. */
interface Measure {
  void run(Figures figures) throws Exception;
}
