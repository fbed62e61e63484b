package io.gripstream.eventstream.internal.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Channels whose keys lie in one slot of a Cluster, with their own log. One script can access all
 * keys of a bucket. A single server has one bucket.
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

  /** The newest log entry that this process knows. */
  Entry newest() {
    return newest;
  }

  /** Notes that the log has this entry. */
  synchronized void seen(Entry entry) {
    if (entry.isLaterThan(newest)) {
      newest = entry;
    }
  }

  /** As if no entry had been seen. */
  synchronized void forget() {
    newest = Entry.NONE;
  }

  /** Returns the keys that every script gets, followed by these. */
  List<String> named(List<String> more) {
    List<String> all = new ArrayList<>(more.size() + 2);
    all.add(keys.meta());
    all.add(keys.log());
    all.addAll(more);
    return all;
  }

  /** Returns the arguments that every script gets, followed by these. */
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
   * @param named the keys after those that every script gets
   * @param arguments the arguments after those that every script gets
   */
  List<Object> ask(Script script, List<String> named, List<String> arguments) {
    return storage.link().await(askLater(script, named, arguments));
  }

  /** As {@link #ask}, without waiting. */
  CompletableFuture<List<Object>> askLater(
      Script script, List<String> named, List<String> arguments) {
    return run(script, named(named), told(arguments)).thenApply(storage::checked);
  }

  /** Runs a script; a server that does not know its text is told. Does not wait. */
  CompletableFuture<List<Object>> run(Script script, List<String> all, List<String> told) {
    Link link = storage.link();
    return link.run(script, false, all, told)
        .exceptionallyCompose(failure -> RedisFailures.isUnknownScript(RedisFailures.cause(failure))
            ? link.run(script, true, all, told)
            : CompletableFuture.failedFuture(failure));
  }

  /** Runs a script that does not check the epoch. Does not wait. */
  CompletableFuture<List<Object>> bare(Script script, List<String> arguments) {
    return storage.link().run(script, true, named(List.of()), arguments);
  }
}
