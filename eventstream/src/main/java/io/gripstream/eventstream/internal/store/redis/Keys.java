package io.gripstream.eventstream.internal.store.redis;

/**
 * How the keys of a bucket are named. All have one hash tag, so that they lie in one slot of a
 * Cluster, and a script may touch them together.
 */
final class Keys {
  private final String prefix;

  /**
   * @param tablePrefix with which all begin
   * @param tag that of the bucket
   */
  Keys(String tablePrefix, String tag) {
    this.prefix = tablePrefix + "{" + tag + "}:";
  }

  /** Hash: the epoch, and which server was vouched for. */
  String meta() {
    return prefix + "meta";
  }

  /** Stream: an entry per batch that stored something; who, what moved how far, when. */
  String log() {
    return prefix + "log";
  }

  /** Hash: the newest id of each channel. Survives trimming. */
  String last() {
    return prefix + "last";
  }

  /** Hash: the highest id that was removed, of each channel of which something was. */
  String trimmed() {
    return prefix + "trimmed";
  }

  /** Sorted set: when the oldest event of each channel that has one is old. */
  String due() {
    return prefix + "due";
  }

  /** Hash: the last batch of each process that appends, and when. */
  String writers() {
    return prefix + "writers";
  }

  /** Stream: the events of a channel; their ids are {@code 0-ID}. */
  String events(String channel) {
    return prefix + "events:" + channel;
  }

  /** String: the id of the event that an idempotency key names. */
  String idempotency(String channel, String key) {
    return prefix + "key:" + channel + "\n" + key;
  }

  /** Hash: what is known of the proxies. */
  String proxies() {
    return prefix + "proxies";
  }

  /** Hash: how far a proxy has confirmed each channel. */
  String cursors(String proxy) {
    return prefix + "cursors:" + proxy;
  }

  /** String: who does something alone, for a time. */
  String lease(String task) {
    return prefix + "lease:" + task;
  }

  /** Hash: the signing keys. */
  String signing() {
    return prefix + "signing";
  }

  /** Sorted set: until when each revocation is in force. */
  String revokedUntil() {
    return prefix + "revoked";
  }

  /** Sorted set: the number of the last change of each revocation. */
  String revocationChanges() {
    return prefix + "revocation-changes";
  }

  /** The channel of wake-ups. Those of all databases of a server meet there, which does no harm. */
  String news() {
    return prefix + "news";
  }
}
