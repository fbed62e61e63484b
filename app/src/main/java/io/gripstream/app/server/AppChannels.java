package io.gripstream.app.server;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.Caller;
import io.gripstream.app.auth.ChannelPattern;
import io.gripstream.app.config.ConfigException;
import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.StreamRequest;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the server says about channels: names decide what is stored, tokens and revocations who
 * reads.
 */
final class AppChannels implements ChannelManager {
  /** What the server sends to itself, to see that streams work. Never stored. */
  static final String PROBE = "gripstream/ready";

  private final Names names;
  private final Authenticator authenticator;
  private final CurrentRevocations revocations;
  private final Predicate<String> anonymousMayOpen;

  /** @param anonymousMayOpen of the channels that those without a credential may read */
  AppChannels(
      Names names,
      Authenticator authenticator,
      CurrentRevocations revocations,
      Predicate<String> anonymousMayOpen) {
    this.names = names;
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

  @Override
  public boolean isReliable(String channel) {
    return names.isReliable(channel);
  }

  /** What every process says alike, whether it serves or only sends. */
  static final class Names implements ChannelManager {
    private final List<ChannelPattern> unreliable;

    /** @throws ConfigException if a pattern is none */
    Names(List<String> unreliable) {
      try {
        this.unreliable = ChannelPattern.list(unreliable);
      } catch (IllegalArgumentException e) {
        throw new ConfigException("unreliable: " + e.getMessage());
      }
    }

    @Override
    public boolean isReliable(String channel) {
      return !channel.equals(PROBE) && !ChannelPattern.anyMatches(unreliable, channel);
    }
  }
}
