package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import java.util.stream.Collectors;

/**
 * What is published to a proxy. Pure functions of the event, so that a repeated item is the same
 * item.
 */
final class Items {
  private Items() {}

  /** A stored event has an id and follows the one before; an unstored one has neither. */
  static Item of(GripNames names, Event event) {
    FrameBuffer frame = new FrameBuffer(event.data().length() + 128);
    if (event.isStored()) {
      Frames.templated(frame, event.type(), event.channel(), event.id(), event.data());
    } else {
      Frames.event(frame, event.type(), null, event.data());
    }
    Item.Builder item = Item.builder(names.events(event.channel()))
        .format(
            new Format.HttpStream(frame.toByteArray(), GripNames.contentFilters(event.isStored())));
    if (event.isStored()) {
      item.id(Long.toString(event.id())).prevId(Long.toString(event.id() - 1));
    }
    if (!event.skipUsers().isEmpty()) {
      item.meta(
          "skip_users",
          event.skipUsers().stream()
              .sorted()
              .map(GripNames::user)
              .collect(Collectors.joining(",")));
    }
    return item.build();
  }

  /** Makes every stream on a control channel ask again. Without ids: they would be remembered. */
  static Item hint(GripNames names, int control) {
    return Item.builder(names.control(control))
        .format(new Format.HttpStreamHint())
        .build();
  }
}
