package io.gripstream.app.auth;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The maker of a request, and what it may do.
 *
 * @param user the user for channels and streams; null: anonymous, or a server with a key
 * @param publish the channels it may publish to
 * @param subscribe the channels it may read
 * @param admin whether it may administer the server
 * @param until the end of these rights; null: never
 * @param isKnown whether these rights come from a credential; false: a credential might allow more
 * @param grant the name of the credential, which is valid as long as it is configured; see
 *     {@link Authenticator#holds}
 * @param anonymous the channels that it may read if it has no credential, instead of
 *     {@code subscribe}; else null
 */
public record Caller(
    @Nullable String user,
    List<ChannelPattern> publish,
    List<ChannelPattern> subscribe,
    boolean admin,
    @Nullable Instant until,
    boolean isKnown,
    String grant,
    @Nullable AnonymousAccess anonymous) {
  /** The grant of callers without a credential. */
  static final String ANONYMOUS = "anonymous";

  public Caller {
    publish = List.copyOf(publish);
    subscribe = List.copyOf(subscribe);
  }

  /** A caller with a credential. */
  public Caller(
      @Nullable String user,
      List<ChannelPattern> publish,
      List<ChannelPattern> subscribe,
      boolean admin,
      @Nullable Instant until,
      String grant) {
    this(user, publish, subscribe, admin, until, true, grant, null);
  }

  /** A caller without a credential. */
  static Caller anonymous(AnonymousAccess access) {
    return new Caller(null, List.of(), List.of(), false, null, false, ANONYMOUS, access);
  }

  public boolean mayPublish(String channel) {
    return ChannelPattern.anyMatches(publish, channel);
  }

  public boolean mayRead(String channel) {
    return anonymous == null
        ? ChannelPattern.anyMatches(subscribe, channel)
        : anonymous.mayRead(channel);
  }
}
