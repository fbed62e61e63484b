package io.gripstream.app.server;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.Caller;
import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.StreamRequest;
import io.javalin.http.Context;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the server says about readers of channels: tokens and revocations decide. */
final class AppChannels implements ChannelManager {
  /** What the server sends to itself, to see that streams work. Never stored. */
  static final String PROBE = "gripstream/ready";

  private final Authenticator authenticator;
  private final CurrentRevocations revocations;
  private final Predicate<String> anonymousMayOpen;

  /** @param anonymousMayOpen of the channels that those without a credential may read */
  AppChannels(
      Authenticator authenticator,
      CurrentRevocations revocations,
      Predicate<String> anonymousMayOpen) {
    this.authenticator = authenticator;
    this.revocations = revocations;
    this.anonymousMayOpen = anonymousMayOpen;
  }

  @Override
  public boolean canSubscribe(StreamRequest request, @Nullable String user, String channel) {
    Caller caller = authenticator.ofStream(request.unwrap(Context.class));
    return caller.mayRead(channel) && (caller.isKnown() || anonymousMayOpen.test(channel));
  }

  @Override
  public boolean canRead(@Nullable String user, String channel) {
    return !revocations.isRevoked(user, channel);
  }
}
