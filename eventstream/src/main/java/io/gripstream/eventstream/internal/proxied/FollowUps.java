package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.Admission;
import io.gripstream.eventstream.internal.feed.Admissions;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Replay;
import io.gripstream.eventstream.internal.feed.Start;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.internal.sse.ResumePoint;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.internal.Seldom;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests that a proxy makes by itself for streams that it holds or has just begun: with
 * the events that a stream lacks, or with its end. Thread-safe; blocks for storage.
 */
final class FollowUps {
  private static final Logger LOG = LoggerFactory.getLogger(FollowUps.class);

  /**
   * Follow-ups may have any length; this bounds the memory used. A longer single event comes alone.
   */
  private static final int MAX_PAGE_BYTES = 400_000;

  private final History history;
  private final Admissions admissions;
  private final Proxies proxies;
  private final NewChannels newChannels;
  private final SigningKeys keys;
  private final FollowUpLinks links;
  private final Answers answers;
  private final Clock clock;
  private final Seldom failures = new Seldom(System::nanoTime);

  FollowUps(
      History history,
      Admissions admissions,
      Proxies proxies,
      NewChannels newChannels,
      SigningKeys keys,
      FollowUpLinks links,
      Answers answers,
      Clock clock) {
    this.history = history;
    this.admissions = admissions;
    this.proxies = proxies;
    this.newChannels = newChannels;
    this.keys = keys;
    this.links = links;
    this.answers = answers;
    this.clock = clock;
  }

  /** See {@link ProxiedStreams#followUp}. */
  Optional<String> answer(StreamExchange exchange, GripRequest grip, String token) {
    FollowUp followUp = keys.read(token).orElse(null);
    if (followUp == null) {
      return Optional.of(
          "the link's token is not signed by this application, or its key is no longer valid");
    }
    Instant until = followUp.until();
    if (until != null && !clock.instant().isBefore(until)) {
      end(
          exchange,
          followUp.channels(),
          Condition.TOKEN_EXPIRED,
          "The token has expired.",
          List.of());
      return Optional.empty();
    }
    if (followUp.isOldPage(clock.instant())) {
      return Optional.of(
          "the link is for a page of history, which a proxy reads at once, and is hours old");
    }
    Optional<Map<String, Long>> reached = reached(followUp, grip);
    if (reached.isEmpty()) {
      return Optional.of("the proxy does not say the position of the stream (Grip-Last)");
    }
    Optional<Admission.Refused> refusal =
        admissions.refusal(followUp.channels(), followUp.user(), followUp.grant());
    if (refusal.isPresent()) {
      Admission.Refused refused = refusal.get();
      end(exchange, followUp.channels(), refused.condition(), refused.text(), refused.channels());
      return Optional.empty();
    }
    if (followUp.page() == null) {
      newChannels.asked(followUp.channels());
    }
    Subscription subscription =
        admissions.subscription(followUp.channels(), followUp.user(), until, followUp.grant());
    try {
      ResumePoint.At at = new ResumePoint.At(reached.get(), followUp.epoch());
      goOn(exchange, subscription, at, followUp.page() == null);
    } catch (StoreException e) {
      failures.perhaps(leftOut -> LOG.warn(
          "A follow-up continues at its position because the storage does not answer: {}{}",
          e.getMessage(),
          Seldom.more(leftOut)));
      String epoch = followUp.epoch() == null ? "" : followUp.epoch();
      Position position = Position.of(reached.get(), epoch);
      String link = links.ofFollowUp(exchange.path());
      answers.write(exchange, answers.waiting(subscription, position, link), new byte[0]);
    }
    return Optional.empty();
  }

  /**
   * Answers with the events that the stream lacks, and a hold.
   *
   * @param isHeld whether the proxy holds the stream meanwhile, and so misses nothing
   */
  private void goOn(
      StreamExchange exchange, Subscription subscription, ResumePoint.At reached, boolean isHeld) {
    Start start = history.locate(subscription, reached);
    FrameBuffer body = new FrameBuffer();
    if (!start.resets().isEmpty()) {
      Frames.reset(body, start.resets(), start.position());
      Percents.doubleIn(body, 0);
    }
    boolean filtered = !subscription.reliable().isEmpty();
    Replay replay = history.read(
        subscription, start.position(), null, MAX_PAGE_BYTES, Percents.writer(filtered));
    body.append(replay.bytes());
    // After a reset the channels may have other names at the proxy.
    if (replay.isComplete() && (!isHeld || !start.resets().isEmpty())) {
      proxies.answered(replay.position());
    }
    String link = links.ofFollowUp(exchange.path());
    Instruct instruct = answers.instruct(subscription, replay, link).build();
    answers.write(exchange, instruct, body.toByteArray());
  }

  private void end(
      StreamExchange exchange,
      List<String> channels,
      Condition condition,
      String text,
      Collection<String> forbidden) {
    List<String> reliable = channels.stream().filter(admissions::isReliable).toList();
    answers.end(exchange, reliable, condition, text, forbidden);
  }

  /** The position of the stream: its page's, or the proxy's statement for each channel. */
  private Optional<Map<String, Long>> reached(FollowUp followUp, GripRequest grip) {
    if (followUp.page() != null) {
      return ResumePoint.parse(followUp.page()) instanceof ResumePoint.At at
          ? Optional.of(at.ids())
          : Optional.empty();
    }
    // The proxy's statement has the names under which the stream is held: those of its epoch.
    GripNames held = new GripNames(followUp.epoch() == null ? "" : followUp.epoch());
    Map<String, Long> ids = new HashMap<>();
    for (String channel : followUp.channels()) {
      if (!admissions.isReliable(channel)) {
        continue;
      }
      String id = grip.lastIds().get(held.events(channel));
      if (id == null || !id.matches("[0-9]{1,18}")) {
        return Optional.empty();
      }
      ids.put(channel, Long.parseLong(id));
    }
    return Optional.of(ids);
  }
}
