package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.Replay;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.IdFormat;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.KeepAlive;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes and writes answers for a proxy, each with the complete instruct. Thread-safe; blocks for
 * storage.
 */
final class Answers {
  private final SigningKeys keys;
  private final Supplier<GripNames> names;
  private final boolean isStored;
  private final GripPrefix prefix;
  private final KeepAlive keepAlive;
  private final Clock clock;

  /**
   * @param isStored whether events are stored: names then change with the epoch, and a proxy must
   *     be able to ask again for every stream
   */
  Answers(
      SigningKeys keys,
      Supplier<GripNames> names,
      boolean isStored,
      GripPrefix prefix,
      KeepAlive keepAlive,
      Clock clock) {
    this.keys = keys;
    this.names = names;
    this.isStored = isStored;
    this.prefix = prefix;
    this.keepAlive = keepAlive;
    this.clock = clock;
  }

  /**
   * Returns the instruct: a hold if the client then has everything, else only a link to the rest,
   * which the proxy follows immediately.
   *
   * @param link the part of a link before its token
   */
  Instruct.Builder instruct(Subscription subscription, Replay replay, String link) {
    Position position = replay.position();
    Instruct.Builder begun = replay.isComplete() ? Instruct.stream() : Instruct.none();
    Instruct.Builder instruct = fill(begun, subscription, position);
    if (!replay.isComplete()) {
      instruct.nextLink(link + keys.write(followUp(subscription, position, position.encode())));
    } else {
      instruct.keepAlive(keepAlive);
      if (isStored
          || !position.isEmpty()
          || subscription.isPersonal()
          || subscription.grant() != null) {
        instruct.nextLink(
            link + keys.write(followUp(subscription, position, null)),
            LinkTimeouts.of(subscription, clock.instant()));
      }
    }
    return instruct;
  }

  /**
   * Reads nothing: the stream waits at its position, and the proxy asks again soon.
   *
   * @param link the part of a link before its token
   */
  Instruct waiting(Subscription subscription, Position reached, String link) {
    return fill(Instruct.stream(), subscription, reached)
        .keepAlive(keepAlive)
        .nextLink(
            link + keys.write(followUp(subscription, reached, null)),
            LinkTimeouts.retry(subscription))
        .build();
  }

  /** A hold of the {@link Keeper}'s stream with this number. */
  Instruct kept(int number) {
    Instruct.Builder instruct = Instruct.stream().keepAlive(keepAlive);
    int first = number * Keeper.CHANNELS_PER_STREAM;
    for (int i = 0; i < Keeper.CHANNELS_PER_STREAM; i++) {
      instruct.channel(names.get().kickChannel(first + i));
    }
    return instruct.build();
  }

  /**
   * Ends the stream with an error.
   *
   * @param reliable the reliable ones of its channels
   */
  void end(
      StreamExchange exchange,
      List<String> reliable,
      Condition condition,
      String text,
      Collection<String> forbidden) {
    FrameBuffer body = new FrameBuffer();
    Frames.error(body, condition, text, forbidden);
    if (reliable.isEmpty()) {
      exchange.body(body.toByteArray());
      return;
    }
    // No hold and no link: the stream ends. The channels only make the proxy filter this body too.
    Percents.doubleIn(body, 0);
    Map<String, Long> anywhere = new HashMap<>();
    reliable.forEach(channel -> anywhere.put(channel, 0L));
    Subscription ended = new Subscription(null, reliable, List.of(), false, null);
    Instruct.Builder instruct = fill(Instruct.none(), ended, Position.of(anywhere, ""));
    write(exchange, instruct.build(), body.toByteArray());
  }

  /** Adds the channels at the position, and the user for the filters. */
  private Instruct.Builder fill(
      Instruct.Builder instruct, Subscription subscription, Position position) {
    // A stream that waits for the storage continues under the names of its own epoch.
    GripNames held = position.isEmpty() ? names.get() : new GripNames(position.epoch());
    held.held(subscription, position).forEach(instruct::channel);
    if (!position.isEmpty()) {
      instruct.meta(IdFormat.META, held.idFormat(position));
    }
    String user = subscription.user();
    if (subscription.isPersonal() && user != null) {
      instruct.meta("user", GripNames.user(user));
    }
    return instruct;
  }

  private FollowUp followUp(Subscription subscription, Position position, @Nullable String page) {
    return new FollowUp(
        subscription.channels().stream().sorted().toList(),
        subscription.isPersonal() ? subscription.user() : null,
        subscription.until(),
        subscription.grant(),
        position.isEmpty() ? null : position.epoch(),
        page,
        page == null ? null : FollowUp.pageUntil(clock.instant()));
  }

  void write(StreamExchange exchange, Instruct instruct, byte[] body) {
    for (Map.Entry<String, String> header : instruct.withPrefix(prefix).headers()) {
      exchange.addHeader(header.getKey(), header.getValue());
    }
    exchange.body(body);
  }
}
