package io.gripstream.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * Names the credential of a request, if that credential can end while a proxy holds the stream: an
 * API key, the key that verifies tokens, a setting that allows anonymous readers. The follow-ups of
 * a proxy contain no header of the client's request. Therefore the grant is a part of the follow-up
 * link, and the application can check whether it is still valid. If it is not, the stream ends with
 * {@code token-expired}, and its client returns with its current credentials.
 *
 * <p>Streams with the same grant share links, so make a grant no more personal than necessary. It
 * is signed but not secret: a proxy may log it. Called from many threads; must not block.
 */
public interface Grants {
  /** No grants: the permission of a request does not end. */
  Grants NONE = new Grants() {
    @Override
    public @Nullable String of(StreamRequest request) {
      return null;
    }

    @Override
    public boolean holds(String grant, String channel) {
      return true;
    }
  };

  /**
   * Returns the grant of this request. Called once per connection.
   *
   * @return a short text without secrets, at most 100 bytes, the same in every process; null: this
   *     request's permission does not end
   */
  @Nullable
  String of(StreamRequest request);

  /**
   * Returns whether the grant still allows reading the channel. Called for each channel on every
   * follow-up, perhaps in a process whose configuration differs from that of the process that gave
   * the grant.
   */
  boolean holds(String grant, String channel);

  /**
   * Returns a digest of everything that {@link #holds} depends on. If it differs from the digest at
   * the last start (of any process on the same storage), proxies have to ask again for all their
   * clients. Null, the default: no comparison. Then grants are checked at the next regular
   * follow-up: within 2 min for shared links, within an hour for personal ones.
   */
  default @Nullable String rules() {
    return null;
  }
}
