package io.gripstream.app.server;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.Caller;
import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.StreamRequest;
import io.javalin.http.Context;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides about readers of channels, by tokens and revocations. */
final class AppChannels implements ChannelManager {
  /** The channel of the server's own test events. Never stored. */
  static final String PROBE = "gripstream/ready";

  private final Authenticator authenticator;
  private final CurrentRevocations revocations;
  private final Predicate<String> anonymousMayOpen;
  private final Consumer<String> opened;

  /**
   * @param anonymousMayOpen whether anonymous callers may open a channel that they may read
   * @param opened receives each channel of a new stream
   */
  AppChannels(
      Authenticator authenticator,
      CurrentRevocations revocations,
      Predicate<String> anonymousMayOpen,
      Consumer<String> opened) {
    this.authenticator = authenticator;
    this.revocations = revocations;
    this.anonymousMayOpen = anonymousMayOpen;
    this.opened = opened;
  }

  @Override
  public boolean canSubscribe(StreamRequest request, @Nullable String user, String channel) {
    Caller caller = authenticator.ofStream(request.unwrap(Context.class));
    boolean mayOpen =
        caller.mayRead(channel) && (caller.isKnown() || anonymousMayOpen.test(channel));
    if (mayOpen) {
      opened.accept(channel);
    }
    return mayOpen;
  }

  @Override
  public boolean canRead(@Nullable String user, String channel) {
    return !revocations.isRevoked(user, channel);
  }
}
