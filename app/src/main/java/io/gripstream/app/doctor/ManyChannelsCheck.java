package io.gripstream.app.doctor;

import io.gripstream.grip.publish.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Finds out whether a stream behind the proxy can have all channels that the server allows. */
final class ManyChannelsCheck {
  private static final int TRIES = 3;

  /** Bytes of a position, of 2,000; the longest name may count twice. */
  private static final int LONG_NAMES = 1_880;

  private final StreamRequests requests;
  private final HeldStreams streams;
  private final String channel;
  private final int maxChannels;
  private final Consumer<Finding> findings;

  /**
   * @param channel beginning of the names of its channels
   * @param maxChannels maximum that one stream may ask for
   */
  ManyChannelsCheck(
      StreamRequests requests,
      HeldStreams streams,
      String channel,
      int maxChannels,
      Consumer<Finding> findings) {
    this.requests = requests;
    this.streams = streams;
    this.channel = channel;
    this.maxChannels = maxChannels;
    this.findings = findings;
  }

  /**
   * Publishes on each channel of one stream.
   *
   * @return whether the proxy fills in the position before an event; null: unknown
   */
  @Nullable
  Boolean check() throws InterruptedException {
    List<String> missing = List.of();
    for (int attempt = 0; attempt < TRIES; attempt++) {
      String base = channel + "-" + attempt + "-";
      try (HeldStream held = streams.hold(
          IntStream.range(0, maxChannels).mapToObj(i -> base + i).toArray(String[]::new))) {
        if (held == null || held.seen() == null || held.names().isEmpty()) {
          return null;
        }
        List<String> names = held.names();
        for (int i = 0; i < names.size(); i++) {
          streams.publish(Item.builder(names.get(i)).id("7").prevId("0").noSeq().stream(
                  "event: " + HeldStreams.RAW + "\ndata: " + i + ".\n\n")
              .build());
        }
        missing = new ArrayList<>(names);
        for (Probe.News news = held.probe().next(HeldStreams.RAW, HeldStreams.PATIENCE);
            news != null;
            news =
                missing.isEmpty() ? null : held.probe().next(HeldStreams.RAW, HeldStreams.SOON)) {
          String number = news.text().substring(HeldStreams.RAW.length() + 1);
          missing.remove(names.get(Integer.parseInt(number.replace(".", ""))));
        }
        if (missing.isEmpty()) {
          findings.accept(Finding.ok(
              ProxyCheck.SETTINGS, "a stream can have all " + maxChannels + " channels"));
          return isBefore(held);
        }
      }
    }
    findings.accept(Finding.fail(
        ProxyCheck.SETTINGS,
        "a stream of " + maxChannels + " channels (max_channels) does not get what is published on "
            + missing.size() + " of them",
        "connection_subscription_max=" + (maxChannels + 10) + " in [handler] of pushpin.conf"));
    return null;
  }

  private @Nullable Boolean isBefore(HeldStream held) throws InterruptedException {
    streams.publish(Item.builder(held.name()).id("8").prevId("7").noSeq().stream(
            "event: " + HeldStreams.RAW + "\nid: %I\ndata: .\n\n")
        .build());
    Probe.News news = held.probe().next(HeldStreams.RAW, HeldStreams.PATIENCE);
    return news == null ? null : (Boolean) !news.id().matches(".*:8(,.*)?");
  }

  /** Pushpin 1.41 counts the instruct as part of the head of an answer. */
  void checkLongNames() throws InterruptedException {
    int length = Math.min(250, LONG_NAMES / (maxChannels + 1) - 6);
    List<String> names = IntStream.range(0, maxChannels)
        .mapToObj(i -> channel + "-" + i + "-")
        .map(name -> name + "x".repeat(Math.max(0, length - name.length())))
        .toList();
    try (Probe probe = Probe.open(requests.of(names), HeldStreams.PATIENCE)) {
      Probe.Head head = probe.head(HeldStreams.PATIENCE);
      if (head != null && head.status() == 502) {
        findings.accept(Finding.fail(
            ProxyCheck.SETTINGS,
            "a stream of " + maxChannels + " channels with long names is answered 502",
            "client_buffer_size=16384 in [runner] of pushpin.conf"));
      }
    }
  }
}
