package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.publish.EncodedItem;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the items for proxies, the same for each. Functions of the event, so that a repeated item
 * is equal. Thread-safe.
 */
final class Items {
  private final Supplier<GripNames> names;
  private final GripPrefix prefix;

  /** @param names called once per item */
  Items(Supplier<GripNames> names, GripPrefix prefix) {
    this.names = names;
    this.prefix = prefix;
  }

  /** @return null: the event is for processes only, and no proxy gets it */
  @Nullable
  EncodedItem of(Event event) {
    return event.channel().equals(ChannelNames.RESERVED)
        ? null
        : EncodedItem.of(item(names.get(), event), prefix);
  }

  /** A stored event has an id and follows the one before; an unstored one has neither. */
  private static Item item(GripNames names, Event event) {
    FrameBuffer frame = new FrameBuffer(event.data().length() + 128);
    if (event.isStored()) {
      Frames.eventWithId(
          frame, Percents.doubled(event.type()), idTemplate(event), Percents.doubled(event.data()));
    } else {
      Frames.event(frame, event.type(), null, event.data());
    }
    Item.Builder item = Item.builder(names.events(event.channel()))
        .format(new Format.HttpStream(
            frame.toByteArray(), event.isStored() ? GripNames.RELIABLE_FILTERS : List.of()));
    if (event.isStored()) {
      item.id(Long.toString(event.id())).prevId(Long.toString(event.id() - 1));
    }
    if (!event.skippedUsers().isEmpty()) {
      item.meta(
          "skip_users",
          event.skippedUsers().stream()
              .sorted()
              .map(GripNames::user)
              .collect(Collectors.joining(",")));
    }
    return item.build();
  }

  /**
   * Makes an id that begins with the event's own pair and is completed by the proxy: {@code %I} of
   * GRIP's build-id filter. The own pair is written here, because a proxy may fill in the position
   * before the event (Pushpin 1.41) or with it (1.36).
   */
  private static String idTemplate(Event event) {
    return Percents.doubled(Position.pair(event.channel(), event.id())) + ",%I";
  }

  /** Makes every stream on a kick channel ask again. */
  EncodedItem hint(int number) {
    return hintTo(names.get().kickChannel(number));
  }

  /** Makes every stream on an event channel ask again. */
  EncodedItem hint(String channel) {
    return hintTo(names.get().events(channel));
  }

  /** Without ids: a proxy would remember them. */
  private EncodedItem hintTo(String name) {
    return EncodedItem.of(Item.builder(name).format(new Format.HttpStreamHint()).build(), prefix);
  }
}
