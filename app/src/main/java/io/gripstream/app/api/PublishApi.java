package io.gripstream.app.api;

import io.gripstream.app.auth.Caller;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.InvalidValueException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;

/** {@code POST /api/publish}: one event. */
final class PublishApi {
  private static final long MAX_LENGTHENING = 6;

  /** Space for skipped users, names and punctuation. */
  private static final long ROOM_FOR_THE_REST = 400_000;

  private final EventStream events;
  private final Rights rights;
  private final Settings settings;
  private final Bodies bodies;
  private final OfferedChannels offered;

  PublishApi(
      EventStream events,
      Rights rights,
      Settings settings,
      Bodies bodies,
      OfferedChannels offered) {
    this.events = events;
    this.rights = rights;
    this.settings = settings;
    this.bodies = bodies;
    this.offered = offered;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/publish", this::publish);
  }

  private void publish(Context ctx) {
    Caller caller = rights.publisher(ctx);
    Query.check(ctx);
    Body.mediaType(ctx, List.of(Body.JSON));
    Publication given;
    try (Bodies.Place place = bodies.take(ctx, credential(caller))) {
      given = read(place.body(), Slice.all(place.body()), settings);
    }
    given.draft().channels().forEach(channel -> rights.checkPublish(caller, channel));
    given.draft().channels().forEach(offered::used);
    ctx.future(
        () -> events.sendAsync(given.draft()).thenAccept(sent -> ctx.json(given.answer(sent))));
  }

  /**
   * Names the credential; requests with the same one share the limits, whatever else they say of
   * themselves.
   */
  static String credential(Caller caller) {
    String user = caller.user();
    return user != null ? "user " + user : caller.grant();
  }

  /**
   * Reads an event. A far too long one is not parsed: each character of an event can be six in
   * JSON.
   *
   * @throws ApiException if it is too long
   * @throws InvalidValueException as {@link DraftReader#read}
   */
  static Publication read(byte[] body, Slice part, Settings settings) {
    int maxEventBytes = settings.streams().maxEventBytes();
    long max = MAX_LENGTHENING * maxEventBytes + ROOM_FOR_THE_REST;
    if (part.length() > max) {
      throw new ApiException(
          ApiError.TOO_LARGE,
          "the event has " + part.length()
              + " bytes of JSON, more than an event of max_event_bytes can have");
    }
    return DraftReader.read(body, part, maxEventBytes);
  }
}
