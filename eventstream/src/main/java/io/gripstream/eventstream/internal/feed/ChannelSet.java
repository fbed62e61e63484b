package io.gripstream.eventstream.internal.feed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a stream. All streams of one set have the same ids, and so the same bytes.
 *
 * @param reliable channels with a history, sorted by name
 * @param unreliable channels without a history, sorted by name
 */
public record ChannelSet(List<String> reliable, List<String> unreliable) {
  public static ChannelSet of(Subscription subscription) {
    return new ChannelSet(subscription.reliable(), subscription.unreliable());
  }

  public boolean has(String channel) {
    return reliable.contains(channel) || unreliable.contains(channel);
  }

  /** Returns a subscription of these channels, for reading them. */
  public Subscription subscription(@Nullable String user) {
    return new Subscription(user, reliable, unreliable, false, null);
  }
}
