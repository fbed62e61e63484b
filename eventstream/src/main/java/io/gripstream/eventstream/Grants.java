package io.gripstream.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * What lets requests read, where that can be taken away while a proxy holds their streams: an API
 * key, the key that verifies tokens, a setting that lets everybody in. A proxy asks again on behalf
 * of its clients without anything of their requests; the grant goes with its links, so that the
 * application can say whether it still holds. If not, the stream ends with {@code token-expired},
 * and its client comes back with what it has now.
 *
 * <p>Streams with the same grant share their links, so make it no more personal than it is. It is
 * signed, but not secret: a proxy may log it. Called from many threads; must not block.
 */
public interface Grants {
  /** There are none: what a request may read, it may read on. */
  Grants NONE = new Grants() {
    @Override
    public @Nullable String of(StreamRequest request) {
      return null;
    }

    @Override
    public boolean holds(String grant, String channel) {
      return true;
    }

    @Override
    public @Nullable String rules() {
      return null;
    }
  };

  /**
   * What lets this request read. Asked once per connection.
   *
   * @return a short text without secrets, at most 100 bytes, the same in every process; null:
   *     nothing that could be taken away
   */
  @Nullable
  String of(StreamRequest request);

  /**
   * Whether what was granted so may still be read. Asked for each channel when a proxy asks again;
   * by a process that may have another configuration than the one that granted it.
   */
  boolean holds(String grant, String channel);

  /**
   * A digest of all that {@link #holds} depends on. If it is not the one of the last start (of any
   * process on the same storage), proxies are made to ask for all their clients. Null: they are
   * not; grants are looked at when they ask by themselves, within 2 min for shared links and an
   * hour for personal ones.
   */
  @Nullable
  String rules();
}
