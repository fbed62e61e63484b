package io.gripstream.eventstream.internal.store.redis;

/**
 * Names of the keys of a bucket. All have one hash tag, so they lie in one slot of a Cluster, and
 * one script can access all of them.
 */
final class Keys {
  private final String prefix;
  private final int database;

  /**
   * @param tablePrefix the beginning of all names
   * @param tag the hash tag of the bucket
   * @param database the number of the database
   */
  Keys(String tablePrefix, String tag, int database) {
    this.prefix = tablePrefix + "{" + tag + "}:";
    this.database = database;
  }

  /** A pattern that the keys of all buckets match. */
  static String pattern(String tablePrefix) {
    return tablePrefix + "{*}:*";
  }

  /** How all begin. */
  String prefix() {
    return prefix;
  }

  /** Hash: the epoch, and the server that is known to be complete. */
  String meta() {
    return prefix + "meta";
  }

  /**
   * Stream: an entry per batch with new events: its writer, the channels with their ids, its time.
   */
  String log() {
    return prefix + "log";
  }

  /** Hash: the newest id of each channel. Survives trimming. */
  String last() {
    return prefix + "last";
  }

  /** Hash: the highest removed id of each channel with removed events. */
  String trimmed() {
    return prefix + "trimmed";
  }

  /** Sorted set: for each channel with events, the time at which its oldest event expires. */
  String due() {
    return prefix + "due";
  }

  /** Hash: the last batch of each appending process, and its time. */
  String writers() {
    return prefix + "writers";
  }

  /** Stream: the events of a channel; their ids are {@code 0-ID}. */
  String events(String channel) {
    return prefix + "events:" + channel;
  }

  /** String: the id of the event of an idempotency key. */
  String idempotency(String channel, String key) {
    return idempotency() + channel + "\n" + key;
  }

  /** How the keys of all idempotency keys begin. */
  String idempotency() {
    return prefix + "key:";
  }

  /** Hash: the state of each proxy. */
  String proxies() {
    return prefix + "proxies";
  }

  /** Hash: the confirmed id of each channel, for one proxy. */
  String cursors(String proxy) {
    return prefix + "cursors:" + proxy;
  }

  /** String: the process that has a task alone, for a time. */
  String lease(String task) {
    return prefix + "lease:" + task;
  }

  /** Hash: the signing keys. */
  String signing() {
    return prefix + "signing";
  }

  /** Sorted set: the end of each revocation. */
  String revokedUntil() {
    return prefix + "revoked";
  }

  /** Sorted set: the number of the last change of each revocation. */
  String revocationChanges() {
    return prefix + "revocation-changes";
  }

  /** The channel of wake-ups. All databases of a server have the same channels. */
  String news() {
    return prefix + "news" + (database == 0 ? "" : ":" + database);
  }
}
