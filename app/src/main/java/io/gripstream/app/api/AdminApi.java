package io.gripstream.app.api;

import io.gripstream.app.auth.Caller;
import io.gripstream.app.auth.ChannelPattern;
import io.gripstream.app.auth.Denied;
import io.gripstream.app.config.Nearest;
import io.gripstream.app.config.Printable;
import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.UserNames;
import io.gripstream.eventstream.store.Revocations;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * {@code /api/channels}, {@code /api/revoke} and forgetting: for callers with the right
 * {@code admin}.
 */
final class AdminApi {
  private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
  private static final Duration DEFAULT_REVOCATION = Duration.ofHours(24);
  private static final int MAX_LISTED = 1_000;
  private static final List<String> FIELDS = List.of("user", "channel", "until");

  private final EventStream events;
  private final Rights rights;
  private final Revoking revoking;
  private final Bodies bodies;
  private final Clock clock;

  AdminApi(EventStream events, Rights rights, Bodies bodies, Clock clock) {
    this.events = events;
    this.rights = rights;
    this.revoking = rights.revoking();
    this.bodies = bodies;
    this.clock = clock;
  }

  void register(RoutesConfig routes) {
    Reading.add(routes, "/api/channels", this::channels);
    routes.post("/api/revoke", this::revoke);
    Reading.add(routes, "/api/revoke", this::revocations);
    routes.delete("/api/revoke", this::lift);
    routes.delete("/api/history", this::forget);
  }

  private void channels(Context ctx) {
    rights.admin(ctx);
    Query.check(ctx);
    ctx.header("Cache-Control", "no-store")
        .json(Map.of("channels", new TreeMap<>(events.status().streamsByChannel())));
  }

  private void forget(Context ctx) {
    Caller caller = rights.admin(ctx);
    Query.check(ctx, "channel", "up_to");
    String channel = parameter(ctx, "channel");
    long upTo = Query.number(ctx, "up_to", 1, Long.MAX_VALUE, Long.MAX_VALUE);
    long end = events.forget(channel, upTo);
    LOG.info(
        "Events of channel {} up to id {} are forgotten, by {}",
        Printable.of(channel),
        end,
        who(caller));
    ctx.json(new TreeMap<String, Object>(Map.of("channel", channel, "up_to", end)));
  }

  private void revoke(Context ctx) {
    Caller caller = rights.admin(ctx);
    Query.check(ctx);
    Asked asked = asked(ctx, caller);
    checkIsAnother(caller, asked.user());
    Instant now = clock.instant();
    Instant until = asked.until() == null ? now.plus(DEFAULT_REVOCATION) : asked.until();
    if (until.isAfter(Revocations.LATEST)) {
      throw new ApiException(
          ApiError.BAD_REQUEST, "field \"until\" is after " + Revocations.LATEST);
    }
    if (!until.isAfter(now)) {
      throw new ApiException(
          ApiError.BAD_REQUEST, "field \"until\" is not in the future: " + until);
    }
    revoking.revoke(asked.user(), asked.channel(), until);
    LOG.info(
        "User {} is revoked on {} until {}, by {}",
        Printable.of(asked.user()),
        Printable.of(asked.channel()),
        until,
        who(caller));
    ctx.json(new RevokedJson(asked.user(), asked.channel(), until.toString()));
  }

  private void revocations(Context ctx) {
    rights.admin(ctx);
    Query.check(ctx, "user");
    List<Revoking.Entry> found = revoking.list(ctx.queryParam("user"), MAX_LISTED + 1);
    ctx.header("Cache-Control", "no-store")
        .json(new RevocationsJson(
            found.stream()
                .limit(MAX_LISTED)
                .map(entry ->
                    new RevokedJson(entry.user(), entry.channel(), entry.until().toString()))
                .toList(),
            found.size() > MAX_LISTED));
  }

  private void lift(Context ctx) {
    Caller caller = rights.admin(ctx);
    Query.check(ctx, "user", "channel");
    String user = UserNames.check(parameter(ctx, "user"));
    String channel = pattern(parameter(ctx, "channel"));
    checkIsAnother(caller, user);
    revoking.lift(user, channel);
    LOG.info(
        "Revocation of user {} on {} is lifted, by {}",
        Printable.of(user),
        Printable.of(channel),
        who(caller));
    ctx.json(new LiftedJson(user, channel));
  }

  /** The user of a revocation cannot lift or shorten it. */
  private static void checkIsAnother(Caller caller, String user) {
    if (user.equals(caller.user())) {
      throw Denied.forbidden("a token cannot change revocations of its own user");
    }
  }

  private static String who(Caller caller) {
    return caller.user() == null ? "an API key" : "user " + Printable.of(caller.user());
  }

  private Asked asked(Context ctx, Caller caller) {
    Body.mediaType(ctx, List.of(Body.JSON));
    JsonNode json;
    try (Bodies.Place place = bodies.takeSmall(ctx, PublishApi.credential(caller))) {
      json = Json.parse(place.body());
    }
    if (!json.isObject()) {
      throw new ApiException(
          ApiError.BAD_REQUEST, "the body is not an object with user and channel");
    }
    for (String name : json.propertyNames()) {
      if (!FIELDS.contains(name)) {
        throw new ApiException(
            ApiError.BAD_REQUEST,
            "unknown field \"" + Printable.of(name) + "\"" + Nearest.hint(name, FIELDS));
      }
    }
    String until = text(json, "until");
    try {
      return new Asked(
          UserNames.check(needed(json, "user")),
          pattern(needed(json, "channel")),
          until == null ? null : Instant.parse(until));
    } catch (DateTimeParseException e) {
      throw new ApiException(
          ApiError.BAD_REQUEST,
          "field \"until\" must be a time such as 2026-11-24T12:00:00Z, not \""
              + Printable.of(String.valueOf(until)) + "\"");
    }
  }

  private static String pattern(String text) {
    return new ChannelPattern(ChannelNames.checkPattern(text)).text();
  }

  private static String parameter(Context ctx, String name) {
    List<String> values = ctx.queryParams(name);
    if (values.size() != 1) {
      throw new ApiException(ApiError.BAD_REQUEST, "query parameter " + name + " is needed, once");
    }
    return values.get(0);
  }

  private static String needed(JsonNode json, String name) {
    String text = text(json, name);
    if (text == null || text.isEmpty()) {
      throw new ApiException(ApiError.BAD_REQUEST, "field \"" + name + "\" is missing");
    }
    return text;
  }

  private static @Nullable String text(JsonNode json, String name) {
    JsonNode value = json.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw new ApiException(ApiError.BAD_REQUEST, "field \"" + name + "\" must be a string");
    }
    return value.stringValue();
  }

  private record RevokedJson(String user, String channel, String until) {}

  /**
   * @param more whether there are further entries, which do not fit into one answer: ask by user
   */
  private record RevocationsJson(List<RevokedJson> revocations, boolean more) {}

  private record LiftedJson(String user, String channel) {}

  private record Asked(
      String user, String channel, @Nullable Instant until) {}
}
