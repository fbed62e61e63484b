package io.gripstream.app.server;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.eventstream.Grants;
import io.javalin.http.Context;

/** Streams read for as long as the key or the setting that let them is configured. */
final class AppGrants implements Grants {
  private final Authenticator authenticator;

  AppGrants(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  @Override
  public String of(Context request) {
    return authenticator.ofStream(request).grant();
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
