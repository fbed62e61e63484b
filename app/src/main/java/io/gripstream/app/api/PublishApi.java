package io.gripstream.app.api;

import io.gripstream.app.auth.Caller;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;

/** {@code POST /api/publish}: one event. */
final class PublishApi {
  private final EventStream events;
  private final Rights rights;
  private final Settings.Http limits;

  PublishApi(EventStream events, Rights rights, Settings.Http limits) {
    this.events = events;
    this.rights = rights;
    this.limits = limits;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/publish", this::publish);
  }

  private void publish(Context ctx) {
    Caller caller = rights.publisher(ctx);
    Body.mediaType(ctx, List.of(Body.JSON));
    Draft draft = DraftReader.read(Json.parse(Body.read(ctx, limits.maxBodyBytes())));
    rights.checkPublish(caller, draft.channel());
    ctx.future(() -> events.sendAsync(draft).thenAccept(sent -> ctx.json(PublishedJson.of(sent))));
  }
}
