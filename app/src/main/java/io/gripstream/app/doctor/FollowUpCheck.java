package io.gripstream.app.doctor;

import io.gripstream.eventstream.EventStream;
import io.gripstream.grip.publish.Item;
import java.util.function.Consumer;

/**
 * Finds out whether the proxy reaches the server when it asks again for a stream. If the route
 * changes the path, it does not, and the stream gets nothing after its first follow-up.
 */
final class FollowUpCheck {
  private final StreamRequests requests;
  private final HeldStreams streams;
  private final EventStream events;
  private final String name;
  private final Consumer<Finding> findings;

  /** @param name of its channel */
  FollowUpCheck(
      StreamRequests requests,
      HeldStreams streams,
      EventStream events,
      String name,
      Consumer<Finding> findings) {
    this.requests = requests;
    this.streams = streams;
    this.events = events;
    this.name = name;
    this.findings = findings;
  }

  void check() throws InterruptedException {
    try (HeldStream held = streams.hold(name)) {
      if (held == null || held.seen() == null) {
        return;
      }
      events.send(name, "doctor", "one");
      held.probe().await("doctor one", HeldStreams.PATIENCE);
      streams.publish(Item.builder(held.name()).hint().build());
      // A follow-up that brings nothing cannot be seen.
      held.probe().await("", HeldStreams.FIRST_FOLLOW_UP);
      events.send(name, "doctor", "two");
      boolean arrived = held.probe().await("doctor two", HeldStreams.PATIENCE);
      ChangedPath path = ChangedPath.of(requests, held.seen());
      if (arrived) {
        findings.accept(Finding.ok(
            "follow-ups",
            path.isChanged() ? "arrive, although " + path : "arrive: a stream goes on after one"));
      } else if (path.isChanged()) {
        findings.accept(path.silent());
      } else {
        findings.accept(Finding.fail(
            "follow-ups",
            "when the proxy asks again for a stream, it does not reach the server: the stream is silent from"
                + " then on",
            "all paths below /events must lead to the server, see gripstream routes"));
      }
    }
  }
}
