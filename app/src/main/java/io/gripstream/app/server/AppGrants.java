package io.gripstream.app.server;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.eventstream.Grants;
import io.gripstream.eventstream.StreamRequest;
import io.javalin.http.Context;

/** A stream may continue as long as its key or setting is configured. */
final class AppGrants implements Grants {
  private final Authenticator authenticator;

  AppGrants(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  @Override
  public String of(StreamRequest request) {
    return authenticator.ofStream(request.unwrap(Context.class)).grant();
  }

  @Override
  public boolean holds(String grant, String channel) {
    return authenticator.holds(grant, channel);
  }

  @Override
  public String rules() {
    return authenticator.rules();
  }
}
