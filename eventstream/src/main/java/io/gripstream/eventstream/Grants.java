package io.gripstream.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * Names the credential that lets a request read, if that credential can end while a proxy holds the
 * stream: an API key, the key that verifies tokens, a setting that lets everybody in. A proxy asks
 * again on behalf of its clients without any header of their requests. The grant travels in the
 * link, so that the application can say whether it is still valid. If not, the stream ends with
 * {@code token-expired}, and its client returns with its current credentials.
 *
 * <p>Streams with the same grant share links, so make a grant no more personal than necessary. It
 * is signed but not secret: a proxy may log it. Called from many threads; must not block.
 */
public interface Grants {
  /** No grants: permissions of a request do not end. */
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
   * Returns the grant of this request. Called once per connection.
   *
   * @return a short text without secrets, at most 100 bytes, the same in every process; null: this
   *     request's permission does not end
   */
  @Nullable
  String of(StreamRequest request);

  /**
   * Returns whether the grant still allows reading the channel. Called for each channel when a
   * proxy asks again, perhaps by a process with another configuration than the one that gave the
   * grant.
   */
  boolean holds(String grant, String channel);

  /**
   * Returns a digest of everything that {@link #holds} depends on. If it differs from that of the
   * last start (of any process on the same storage), proxies are made to ask for all their clients.
   * Null: they are not; grants are then checked when proxies ask by themselves, within 2 min for
   * shared links and an hour for personal ones.
   */
  @Nullable
  String rules();
}
