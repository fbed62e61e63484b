package io.gripstream.app.doctor;

import io.gripstream.app.config.Printable;
import io.gripstream.app.server.RequestTrace;
import io.gripstream.eventstream.EventStream;
import io.gripstream.grip.publish.Publisher;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which Pushpin holds the streams, and whether its settings are right. Pushpin does not
 * report them. So it publishes items past the server, with its own ids on its own channels, and
 * watches their effect. An id that the server does not know makes it answer the proxy's next
 * follow-up with {@code stream-reset}, which shows the follow-up here.
 *
 * <p>Takes about 15 s. Other streams do not notice.
 */
final class ProxyCheck {
  static final String SETTINGS = "proxy settings";

  /** {@code message_wait} is 10 s as shipped; Pushpin looks each second. */
  private static final Duration LEAST_WAIT = Duration.ofMillis(9_500);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private final StreamRequests requests;
  private final HeldStreams streams;
  private final String channel;
  private final ManyChannelsCheck manyChannels;
  private final FollowUpCheck followUps;
  private final Consumer<Finding> findings;
  private @Nullable HeldStream quiet;
  private boolean isDisturbed;

  /**
   * @param publisher to all proxies: it is unknown which one holds a stream
   * @param channel beginning of the names of its channels, used by no other program
   * @param maxChannels maximum that one stream may ask for
   */
  ProxyCheck(
      StreamRequests requests,
      Publisher publisher,
      EventStream events,
      String channel,
      int maxChannels,
      Consumer<Finding> findings) {
    this.requests = requests;
    this.streams = new HeldStreams(requests, publisher);
    this.channel = channel;
    this.manyChannels = new ManyChannelsCheck(requests, streams, channel, maxChannels, findings);
    this.followUps = new FollowUpCheck(requests, streams, events, channel + "-next", findings);
    this.findings = findings;
  }

  void check() throws InterruptedException {
    try (HeldStream waiting = streams.hold(channel + "-wait");
        HeldStream control = streams.hold(channel + "-control")) {
      if (waiting == null) {
        return;
      }
      if (waiting.seen() == null) {
        findings.accept(Finding.note(
            SETTINGS,
            "cannot be checked: only administrators see how requests reach the server. Give an API key or"
                + " a token with all rights, over https or from this machine"));
        return;
      }
      addresses(waiting.seen());
      boolean knowsGone = waiting.seen().features().contains("link:gone");
      if (!waiting.isReliable()) {
        version(knowsGone, null);
        return;
      }
      Boolean askedAtFirst = streams.settle(waiting);
      if (askedAtFirst == null) {
        // The proxy may have asked again before.
        ChangedPath path = ChangedPath.of(requests, waiting.seen());
        findings.accept(
            path.isChanged()
                ? path.silent()
                : Finding.fail(
                    SETTINGS,
                    "an item for channel " + Printable.of(waiting.name()) + " does not arrive",
                    "remove prefix= from the route in Pushpin's file of routes"));
        return;
      }
      if (askedAtFirst) {
        // Back at 0, which the server knows: a follow-up shows only from another id.
        streams.raw(waiting.name(), 2, 0, true);
        waiting.probe().await(HeldStreams.RAW, HeldStreams.PATIENCE);
      }
      Boolean askedHere = control == null ? null : streams.settle(control);
      if (control != null && askedHere != null) {
        // This stream lacks no item: if it asks, no setting is the cause.
        streams.raw(control.name(), 2, askedHere ? 0 : 1, true);
        control.probe().await(HeldStreams.RAW, HeldStreams.PATIENCE);
        quiet = control;
      }
      long parked = System.nanoTime();
      streams.raw(waiting.name(), 1_000, 999, false);
      version(knowsGone, manyChannels.check());
      if (knowsGone && askedAtFirst) {
        findings.accept(Finding.advice(
            SETTINGS,
            "a second after a channel's first subscriber came, all its streams ask again: many new"
                + " channels delay all events",
            "update_on_first_subscription=false in [handler] of pushpin.conf"));
      }
      try (HeldStream ids = streams.hold(channel + "-ids")) {
        boolean remembers = ids != null && remembers(ids);
        long since = System.nanoTime();
        Finding burst = new BurstCheck(streams, channel + "-burst").check();
        if (burst != null && burst.level() == Finding.Level.OK) {
          findings.accept(burst);
        } else if (burst != null) {
          blame(burst);
        }
        manyChannels.checkLongNames();
        followUps.check();
        waited(waiting, parked);
        if (ids != null && remembers) {
          remembersStill(ids, since);
        }
      }
    }
  }

  /** Returns whether an item with a known id is dropped. */
  private boolean remembers(HeldStream held) throws InterruptedException {
    Boolean askedAtFirst = streams.settle(held);
    if (askedAtFirst == null) {
      return false;
    }
    int at = askedAtFirst ? 0 : 1;
    streams.raw(held.name(), 5, at, true);
    held.probe().await(HeldStreams.RAW, HeldStreams.PATIENCE);
    streams.raw(held.name(), 5, at, true);
    boolean remembers = !held.probe().await(HeldStreams.RESET, HeldStreams.SOON);
    if (!remembers) {
      blame(forgets("at once"));
    }
    return remembers;
  }

  /** Reports a finding that follows from a stream's request, unless all streams had to ask. */
  private void blame(Finding finding) throws InterruptedException {
    if (!isDisturbed && quiet != null && quiet.probe().await(HeldStreams.RESET, HeldStreams.SOON)) {
      isDisturbed = true;
      findings.accept(Finding.note(
          SETTINGS,
          "some cannot be checked now: the server makes all streams ask again, after new keys, another"
              + " storage, or an outage of the proxy; run this again in a minute"));
    }
    if (!isDisturbed) {
      findings.accept(finding);
    }
  }

  private void remembersStill(HeldStream held, long since) throws InterruptedException {
    streams.raw(held.name(), 5, 4, true);
    String after = seconds(Duration.ofNanos(System.nanoTime() - since));
    if (held.probe().await(HeldStreams.RESET, HeldStreams.SOON)) {
      blame(forgets("after " + after));
    } else {
      findings.accept(Finding.ok(SETTINGS, "ids are remembered, for " + after + " at least"));
    }
  }

  private void waited(HeldStream held, long parked) throws InterruptedException {
    Duration left = LONGEST_WAIT.minusNanos(System.nanoTime() - parked);
    Probe.News reset = held.probe().next(HeldStreams.RESET, left);
    Duration waited = reset == null ? LONGEST_WAIT : Duration.ofNanos(reset.at() - parked);
    if (waited.compareTo(LEAST_WAIT) < 0) {
      blame(Finding.fail(
          SETTINGS,
          "an item waits only " + seconds(waited)
              + " for the one before it, so that a publish that has to be repeated makes all streams ask"
              + " again",
          "message_wait=10000 in [handler] of pushpin.conf"));
    } else {
      findings.accept(Finding.ok(SETTINGS, "an item waits for the one before it"));
    }
  }

  private static Finding forgets(String when) {
    return Finding.fail(
        SETTINGS,
        "the proxy forgets the ids of items " + when
            + ", so that a repeated one makes all streams ask again",
        "id_cache_ttl=60 in [handler] of pushpin.conf");
  }

  private void version(boolean knowsGone, @Nullable Boolean isBefore) {
    String place = isBefore == null
        ? ""
        : ", and fills in a stream's position " + (isBefore ? "before" : "after") + " the event";
    findings.accept(Finding.ok(
        "proxy version",
        (knowsGone ? "Pushpin 1.41 or compatible" : "older than Pushpin 1.41") + place));
  }

  private void addresses(RequestTrace seen) {
    if (seen.forwardedFor().contains(HeldStreams.MADE_UP)) {
      findings.accept(Finding.advice(
          SETTINGS,
          "a made-up X-Forwarded-For of a client reaches the server",
          "x_forwarded_for=truncate:0,append in [proxy] of pushpin.conf"));
    } else if (seen.forwardedFor().isEmpty()) {
      findings.accept(Finding.advice(
          SETTINGS,
          "the server does not learn the addresses of clients",
          "x_forwarded_for=truncate:0,append in [proxy] of pushpin.conf"));
    } else {
      findings.accept(Finding.ok(SETTINGS, "the server learns the addresses of clients"));
    }
  }

  static String seconds(Duration duration) {
    return Math.floor(duration.toMillis() / 100.0) / 10 + " s";
  }
}
