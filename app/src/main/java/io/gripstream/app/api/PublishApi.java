package io.gripstream.app.api;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.Caller;
import io.gripstream.app.auth.Denied;
import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;

/** {@code POST /api/publish}: one event. */
final class PublishApi {
  private final EventStream events;
  private final Authenticator authenticator;
  private final Settings.Http limits;

  PublishApi(EventStream events, Authenticator authenticator, Settings.Http limits) {
    this.events = events;
    this.authenticator = authenticator;
    this.limits = limits;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/publish", this::publish);
  }

  private void publish(Context ctx) {
    Caller caller = publisher(authenticator, ctx);
    Body.mediaType(ctx, List.of(Body.JSON));
    Draft draft = DraftReader.read(Json.parse(Body.read(ctx, limits.maxBodyBytes())));
    check(caller, draft);
    ctx.future(() -> events.sendAsync(draft).thenAccept(sent -> ctx.json(PublishedJson.of(sent))));
  }

  /** @throws Denied if nobody who may publish anything asks */
  static Caller publisher(Authenticator authenticator, Context ctx) {
    Caller caller = authenticator.ofApi(ctx);
    if (caller.publish().isEmpty()) {
      throw caller.isKnown()
          ? Denied.forbidden("this credential may publish nothing (claim publish)")
          : Authenticator.noCredential();
    }
    return caller;
  }

  /** @throws Denied if the event is for a channel to which the caller may not publish */
  static void check(Caller caller, Draft draft) {
    if (!caller.mayPublish(draft.channel())) {
      throw Denied.forbidden(
          "this credential may not publish to channel \"" + Printable.of(draft.channel()) + "\"");
    }
  }
}
