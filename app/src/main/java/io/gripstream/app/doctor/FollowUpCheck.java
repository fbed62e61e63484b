package io.gripstream.app.doctor;

import io.gripstream.app.config.Printable;
import io.gripstream.eventstream.EventStream;
import io.gripstream.grip.publish.Item;
import java.util.List;
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
      String asked = requests.of(List.of()).build().url().encodedPath();
      boolean isChanged = !held.seen().path().equals(asked);
      String change = "the route changes the path: " + asked + " arrives as "
          + Printable.of(held.seen().path());
      if (arrived) {
        findings.accept(Finding.ok(
            "follow-ups",
            isChanged ? "arrive, although " + change : "arrive: a stream goes on after one"));
      } else if (isChanged) {
        findings.accept(Finding.fail(
            "follow-ups",
            change
                + ", and is changed once more when the proxy asks again: a stream is silent from then on",
            "remove path_rem and replace_beg from the route, and give the server that path (routes); or set"
                + " public_url to " + url()));
      } else {
        findings.accept(Finding.fail(
            "follow-ups",
            "when the proxy asks again for a stream, it does not reach the server: the stream is silent from"
                + " then on",
            "all paths below /events must lead to the server, see gripstream routes"));
      }
    }
  }

  private String url() {
    String text = requests.url().toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
