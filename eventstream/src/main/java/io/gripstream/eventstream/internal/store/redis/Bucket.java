package io.gripstream.eventstream.internal.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Channels whose keys lie in one slot of a Cluster, with a log of their own: what a script may
 * touch. A single server has one bucket.
 */
final class Bucket {
  private final RedisStorage storage;
  private final Keys keys;
  private final Doubts doubts = new Doubts();
  private volatile Entry newest = Entry.NONE;

  Bucket(RedisStorage storage, Keys keys) {
    this.storage = storage;
    this.keys = keys;
  }

  Keys keys() {
    return keys;
  }

  Doubts doubts() {
    return doubts;
  }

  /** The newest entry of the log that is known here. */
  Entry newest() {
    return newest;
  }

  /** There is this entry. */
  synchronized void seen(Entry entry) {
    if (entry.isLaterThan(newest)) {
      newest = entry;
    }
  }

  /** The keys that each script has, and these. */
  List<String> named(List<String> more) {
    List<String> all = new ArrayList<>(more.size() + 2);
    all.add(keys.meta());
    all.add(keys.log());
    all.addAll(more);
    return all;
  }

  /** What each script is told first, and this. */
  List<String> told(List<String> more) {
    Entry known = newest;
    List<String> all = new ArrayList<>(more.size() + 3);
    all.add(storage.epoch());
    all.add(known.id());
    all.add(known.token());
    all.addAll(more);
    return all;
  }

  /**
   * Runs a script and waits for it.
   *
   * @param named the keys after those that each script has
   * @param arguments those after what each script is told
   */
  List<Object> ask(Script script, List<String> named, List<String> arguments) {
    return storage.link().await(askLater(script, named, arguments));
  }

  /** As {@link #ask}, without waiting. */
  CompletableFuture<List<Object>> askLater(
      Script script, List<String> named, List<String> arguments) {
    List<String> all = named(named);
    List<String> told = told(arguments);
    Link link = storage.link();
    return link.run(script, false, all, told)
        .exceptionallyCompose(failure -> RedisFailures.isUnknownScript(RedisFailures.cause(failure))
            ? link.run(script, true, all, told)
            : CompletableFuture.failedFuture(failure))
        .thenApply(storage::checked);
  }

  /** Runs one of the scripts that ask for no epoch. Does not wait. */
  CompletableFuture<List<Object>> bare(Script script, List<String> arguments) {
    return storage.link().run(script, true, named(List.of()), arguments);
  }
}
