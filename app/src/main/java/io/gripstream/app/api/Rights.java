package io.gripstream.app.api;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.Caller;
import io.gripstream.app.auth.Denied;
import io.gripstream.app.config.Printable;
import io.gripstream.eventstream.ChannelNames;
import io.javalin.http.Context;
import java.util.Collection;
import java.util.List;

/** Rights at the API: those of the credential, without revoked ones. Thread-safe. */
record Rights(Authenticator authenticator, Revoking revoking) {
  /** @throws Denied if the caller has no right {@code admin} */
  Caller admin(Context ctx) {
    Caller caller = authenticator.ofApi(ctx);
    if (!caller.admin()) {
      throw caller.isKnown()
          ? Denied.forbidden("this credential has no right to administer (claim admin)")
          : Authenticator.noCredential();
    }
    if (revoking.isRevoked(caller.user())) {
      throw Denied.forbidden("all rights of this token's user are revoked");
    }
    return caller;
  }

  /** Returns whether the caller has the right {@code admin}. */
  boolean isAdmin(Context ctx) {
    try {
      admin(ctx);
      return true;
    } catch (Denied denied) {
      return false;
    }
  }

  /** @throws Denied if the caller may publish to no channel */
  Caller publisher(Context ctx) {
    Caller caller = authenticator.ofApi(ctx);
    if (caller.publish().isEmpty()) {
      throw caller.isKnown()
          ? Denied.forbidden("this credential may publish nothing (claim publish)")
          : Authenticator.noCredential();
    }
    return caller;
  }

  /** @throws Denied if the caller may not publish to the channel */
  void checkPublish(Caller caller, String channel) {
    if (!caller.mayPublish(channel) || revoking.isRevoked(caller.user(), channel)) {
      throw Denied.forbidden(
          "this credential may not publish to channel \"" + Printable.of(channel) + "\"");
    }
  }

  /**
   * The caller who reads these channels: by token, key or cookie, or anonymous.
   *
   * @throws Denied if the caller may not read all of them
   */
  Caller reader(Context ctx, Collection<String> channels) {
    Caller caller = authenticator.ofReader(ctx, List.copyOf(channels));
    if (!caller.isKnown()) {
      authenticator.checkHost(ctx);
    }
    for (String channel : channels) {
      ChannelNames.check(channel);
      if (!caller.mayRead(channel) || revoking.isRevoked(caller.user(), channel)) {
        throw Denied.forbidden(
            "this credential may not read channel \"" + Printable.of(channel) + "\"");
      }
    }
    return caller;
  }
}
