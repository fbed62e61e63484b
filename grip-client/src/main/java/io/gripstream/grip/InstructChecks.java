package io.gripstream.grip;

import io.gripstream.grip.internal.WireText;

/** Refuses instructs that a proxy would accept, and then not carry out. */
final class InstructChecks {

  private InstructChecks() {}

  static Instruct check(Instruct instruct) {
    saysSomething(instruct);
    reliableStreamsHaveALink(instruct);
    idsCanBeBuilt(instruct);
    return instruct;
  }

  private static void saysSomething(Instruct instruct) {
    boolean empty = instruct.hold() == Instruct.Hold.NONE
        && instruct.next() == null
        && instruct.status() == null
        && instruct.channels().isEmpty();
    if (empty) {
      throw new IllegalArgumentException(
          "an instruct needs a hold, a next link, a status or channels");
    }
  }

  /** Pushpin ends such a stream right after its first bytes. */
  private static void reliableStreamsHaveALink(Instruct instruct) {
    if (instruct.hold() != Instruct.Hold.STREAM || instruct.next() != null) {
      return;
    }
    for (Channel channel : instruct.channels()) {
      if (channel.prevId() != null) {
        throw new IllegalArgumentException(
            "channel \"%s\" has a prev-id, so the stream needs a next link"
                .formatted(WireText.printable(channel.name())));
      }
    }
  }

  /** Pushpin ends the stream at the first item whose id it cannot build. */
  private static void idsCanBeBuilt(Instruct instruct) {
    String format = instruct.meta().get(IdFormat.META);
    if (format != null) {
      IdFormat.mapChannels(format, name -> requireReliable(instruct, name));
      return;
    }
    for (Channel channel : instruct.channels()) {
      if (channel.filters().contains(Channel.BUILD_ID)) {
        throw new IllegalArgumentException(
            "channel \"%s\" has the filter %s, which needs the meta %s"
                .formatted(WireText.printable(channel.name()), Channel.BUILD_ID, IdFormat.META));
      }
    }
  }

  private static String requireReliable(Instruct instruct, String name) {
    for (Channel channel : instruct.channels()) {
      if (channel.name().equals(name) && channel.prevId() != null) {
        return name;
      }
    }
    throw new IllegalArgumentException("%s names channel \"%s\", which is not held with a prev-id"
        .formatted(IdFormat.META, WireText.printable(name)));
  }
}
