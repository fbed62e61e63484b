package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.Channel;
import io.gripstream.grip.IdFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names the application's channels at the proxy, and the filters with which they are held and
 * published. Both are in one place, because a proxy closes every stream whose filters differ from
 * an item's. ASCII only, without prefix.
 *
 * <p>A name carries the storage's epoch, so that two installations on one proxy never meet, and no
 * stream continues under a replaced history. It also carries the version of the item's content, so
 * that an installation can publish both during an upgrade (docs/RATIONALE.md, "Why do channel names
 * at the proxy have an epoch and a version?").
 *
 * @param epoch of the storage; empty: nothing is stored, and only {@code GRIP_PREFIX} separates
 *     installations
 */
record GripNames(String epoch) {
  /** Number of kick channels; a user always has the same one. */
  static final int KICK_CHANNELS = 64;

  /**
   * The filters that change content, which an item of a reliable channel must name exactly as the
   * subscription does. Those of an unreliable channel have none.
   */
  static final List<String> RELIABLE_FILTERS = List.of(Channel.BUILD_ID);

  /** Version of an item's content and of its id. */
  private static final String VERSION = "1";

  /** Names for the current content of a storage, which must be started. */
  static Supplier<GripNames> of(@Nullable EventStore store) {
    return store == null ? () -> new GripNames("") : () -> new GripNames(store.epoch());
  }

  /** An epoch has no hyphen: no two pairs of epoch and channel have the same name. */
  String events(String channel) {
    return "gs" + VERSION + "-" + epoch + "-" + ChannelNames.encode(channel);
  }

  String kickChannel(int number) {
    return "gs" + VERSION + "kick-" + epoch + "-" + number;
  }

  /** The number of the kick channel of a user's streams. */
  static int kickNumber(String user) {
    return Math.floorMod(user.hashCode(), KICK_CHANNELS);
  }

  /** Encodes a user for session meta and skip lists: no comma, no quote, ASCII. */
  static String user(String user) {
    return ChannelNames.encode(user);
  }

  /** The channels on which a stream is held. */
  List<Channel> held(Subscription subscription, Position position) {
    List<Channel> channels = new ArrayList<>();
    for (String name : subscription.reliable()) {
      Channel channel = Channel.of(events(name)).withPrevId(Long.toString(position.id(name)));
      for (String filter : RELIABLE_FILTERS) {
        channel = channel.withFilter(filter);
      }
      channels.add(channel.withFilter(Channel.SKIP_USERS));
    }
    for (String name : subscription.unreliable()) {
      channels.add(Channel.of(events(name)).withFilter(Channel.SKIP_USERS));
    }
    kickChannelOf(subscription).ifPresent(name -> channels.add(Channel.of(name)));
    return channels;
  }

  /** The kick channel of a stream that belongs to one user. */
  Optional<String> kickChannelOf(Subscription subscription) {
    String user = subscription.user();
    return subscription.isPersonal() && user != null
        ? Optional.of(kickChannel(kickNumber(user)))
        : Optional.empty();
  }

  /**
   * The template with which the proxy completes a live event's id. The publisher writes the event's
   * own pair before it. So a stream of one reliable channel needs only the epoch, and its ids are
   * those of a stream without a proxy. With several channels the proxy lists them all, because one
   * template serves events of each.
   */
  String idFormat(Position position) {
    StringBuilder format = new StringBuilder();
    if (position.channels().size() > 1) {
      for (String name : position.channels()) {
        format
            .append(IdFormat.escape(ChannelNames.encode(name)))
            .append(':')
            .append(IdFormat.lastIdOf(events(name)))
            .append(',');
      }
    }
    return format.append(".:").append(IdFormat.escape(position.epoch())).toString();
  }
}
