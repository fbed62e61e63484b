package io.gripstream.eventstream.proxied;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.feed.Subscription;
import io.gripstream.eventstream.sse.Position;
import io.gripstream.grip.Channel;
import io.gripstream.grip.IdFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What our channels are called at the proxy, and which filters they are held and published with:
 * one place for both, since a proxy closes every stream whose filters differ from an item's. ASCII
 * only, without prefix. Pure functions.
 */
final class GripNames {
  /** How many control channels there are; a user always has the same one. */
  static final int CONTROL_CHANNELS = 64;

  private static final String EVENTS = "events-";

  private GripNames() {}

  static String events(String channel) {
    return EVENTS + ChannelNames.encode(channel);
  }

  static String control(String user) {
    return control(Math.floorMod(user.hashCode(), CONTROL_CHANNELS));
  }

  static String control(int number) {
    return "ctl-" + number;
  }

  /** How a user is called in session meta and skip lists: no comma, no quote, ASCII. */
  static String user(String user) {
    return ChannelNames.encode(user);
  }

  /** The filters that change content, which an item must name exactly as the subscription does. */
  static List<String> contentFilters(boolean isReliable) {
    return isReliable ? List.of(Channel.BUILD_ID) : List.of();
  }

  /** The channels that a stream is held on. */
  static List<Channel> held(Subscription subscription, Position position) {
    List<Channel> channels = new ArrayList<>();
    for (String name : subscription.reliable()) {
      channels.add(withContentFilters(Channel.of(events(name)), true)
          .withPrevId(Long.toString(position.id(name)))
          .withFilter(Channel.SKIP_USERS));
    }
    for (String name : subscription.unreliable()) {
      channels.add(
          withContentFilters(Channel.of(events(name)), false).withFilter(Channel.SKIP_USERS));
    }
    controlOf(subscription).ifPresent(name -> channels.add(Channel.of(name)));
    return channels;
  }

  /** The control channel of a stream from which one user can be taken away. */
  static Optional<String> controlOf(Subscription subscription) {
    String user = subscription.user();
    return subscription.personal() && user != null ? Optional.of(control(user)) : Optional.empty();
  }

  /** The template from which the proxy writes a live event's id: the stream's position. */
  static String idFormat(Position position) {
    StringBuilder format = new StringBuilder();
    for (String name : position.channels()) {
      format
          .append(format.isEmpty() ? "" : ",")
          .append(IdFormat.escape(ChannelNames.encode(name)))
          .append(':')
          .append(IdFormat.lastIdOf(events(name)));
    }
    return format.append(",.:").append(IdFormat.escape(position.epoch())).toString();
  }

  private static Channel withContentFilters(Channel channel, boolean isReliable) {
    for (String filter : contentFilters(isReliable)) {
      channel = channel.withFilter(filter);
    }
    return channel;
  }
}
