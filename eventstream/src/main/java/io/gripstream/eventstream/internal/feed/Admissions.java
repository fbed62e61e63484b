package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Grants;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.ResumePoint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides whether a requested stream is granted or refused. Thread-safe; blocks for storage. */
public final class Admissions {
  /** Maximum length of a written position in bytes, safe for proxies and browsers. */
  private static final int MAX_POSITION_BYTES = 2_000;

  private final ChannelManager manager;
  private final Function<String, ChannelRules> rules;
  private final Grants grants;
  private final History history;
  private final boolean isStored;
  private final int maxChannels;

  public Admissions(
      ChannelManager manager,
      Function<String, ChannelRules> rules,
      Grants grants,
      History history,
      boolean isStored,
      int maxChannels) {
    this.manager = manager;
    this.rules = rules;
    this.grants = grants;
    this.history = history;
    this.isStored = isStored;
    this.maxChannels = maxChannels;
  }

  /** @param maySubscribe the part of the decision that needs the request; called per channel */
  public Admission admit(ReadRequest request, Predicate<String> maySubscribe) {
    TreeSet<String> channels = new TreeSet<>(request.channels());
    if (channels.isEmpty()) {
      return badRequest("No channels specified.");
    }
    if (channels.size() > maxChannels) {
      return badRequest("Channel limit exceeded.");
    }
    for (String channel : channels) {
      try {
        ChannelNames.check(channel);
      } catch (IllegalArgumentException e) {
        return badRequest(e.getMessage() + ".");
      }
    }
    ResumePoint from = ResumePoint.parse(request.lastEventId());
    if (from instanceof ResumePoint.AfterError) {
      return new Admission.NotAgain("Invalid request: Can't resume session after stream-error.\n");
    }
    boolean isUnreadable =
        from instanceof ResumePoint.At at && at.unreadable().stream().anyMatch(channels::contains);
    if (isUnreadable || from instanceof ResumePoint.Malformed) {
      return badRequest("Failed to parse Last-Event-ID or lastEventId.");
    }
    List<String> forbidden = channels.stream()
        .filter(channel -> !maySubscribe.test(channel) || !mayRead(request.user(), channel))
        .toList();
    if (!forbidden.isEmpty()) {
      return forbidden(forbidden);
    }
    Subscription subscription =
        subscription(channels, request.user(), request.until(), request.grant());
    Start start = history.locate(subscription, from);
    if (start.position().maxEncodedBytes() > MAX_POSITION_BYTES) {
      return badRequest(
          "The position of these channels is longer than " + MAX_POSITION_BYTES + " bytes.");
    }
    return new Admission.Granted(subscription, start);
  }

  /**
   * Returns the reason why a granted stream must end; empty: it may continue. If its grant has
   * ended, the client may return, because it may have another one.
   */
  public Optional<Admission.Refused> refusal(
      List<String> channels, @Nullable String user, @Nullable String grant) {
    if (grant != null && !channels.stream().allMatch(channel -> grants.holds(grant, channel))) {
      return Optional.of(new Admission.Refused(
          Condition.TOKEN_EXPIRED, "The credential of this stream is no longer valid.", List.of()));
    }
    List<String> forbidden =
        channels.stream().filter(channel -> !mayRead(user, channel)).toList();
    return forbidden.isEmpty() ? Optional.empty() : Optional.of(forbidden(forbidden));
  }

  /** Returns the subscription of a stream of these channels, without checking permissions. */
  public Subscription subscription(
      Iterable<String> channels,
      @Nullable String user,
      @Nullable Instant until,
      @Nullable String grant) {
    TreeSet<String> reliable = new TreeSet<>();
    TreeSet<String> unreliable = new TreeSet<>();
    boolean personal = until != null;
    for (String channel : channels) {
      (isReliable(channel) ? reliable : unreliable).add(channel);
      personal |= manager.isPersonal(user, channel);
    }
    return new Subscription(
        user, List.copyOf(reliable), List.copyOf(unreliable), personal, until, grant);
  }

  /** Returns whether events of the channel are stored. */
  public boolean isReliable(String channel) {
    return isStored && rules.apply(channel).isReliable();
  }

  /** Maximum number of past events with which a new stream begins, by the rules of the channel. */
  public int rewind(String channel) {
    return rules.apply(channel).rewind().orElse(0);
  }

  /** Asks the channel's rules and the application. */
  private boolean mayRead(@Nullable String user, String channel) {
    return (user != null || rules.apply(channel).isForAnonymous())
        && manager.canRead(user, channel);
  }

  private static Admission badRequest(String text) {
    return new Admission.Refused(Condition.BAD_REQUEST, "Invalid request: " + text, List.of());
  }

  /** Returns the refusal for a user without the right to read these channels. */
  public static Admission.Refused forbidden(List<String> channels) {
    return new Admission.Refused(
        Condition.FORBIDDEN,
        "Permission denied to channels: " + String.join(", ", channels),
        channels);
  }
}
