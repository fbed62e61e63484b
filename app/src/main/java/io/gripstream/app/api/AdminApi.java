package io.gripstream.app.api;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.Caller;
import io.gripstream.app.auth.Denied;
import io.gripstream.app.config.Nearest;
import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.EventStream;
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

/** {@code /api/channels} and {@code /api/revoke}: for those with the right {@code admin}. */
final class AdminApi {
  private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
  private static final Duration DEFAULT_REVOCATION = Duration.ofHours(24);
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final List<String> FIELDS = List.of("user", "channel", "until");

  private final EventStream events;
  private final Authenticator authenticator;
  private final Revoking revoking;
  private final Settings.Http limits;
  private final Clock clock;

  AdminApi(
      EventStream events,
      Authenticator authenticator,
      Revoking revoking,
      Settings.Http limits,
      Clock clock) {
    this.events = events;
    this.authenticator = authenticator;
    this.revoking = revoking;
    this.limits = limits;
    this.clock = clock;
  }

  void register(RoutesConfig routes) {
    routes.get("/api/channels", this::channels);
    routes.post("/api/revoke", this::revoke);
    routes.delete("/api/revoke", this::lift);
  }

  /** @throws Denied if it is nobody with the right {@code admin} */
  static void requireAdmin(Authenticator authenticator, Context ctx) {
    Caller caller = authenticator.ofApi(ctx);
    if (!caller.admin()) {
      throw caller.isKnown()
          ? Denied.forbidden("this credential has no right to administer (claim admin)")
          : Authenticator.noCredential();
    }
  }

  private void channels(Context ctx) {
    requireAdmin(authenticator, ctx);
    ctx.header("Cache-Control", "no-store")
        .json(Map.of("channels", new TreeMap<>(events.subscribersByChannel())));
  }

  private void revoke(Context ctx) {
    requireAdmin(authenticator, ctx);
    Asked asked = asked(ctx);
    Instant now = clock.instant();
    Instant until = asked.until() == null ? now.plus(DEFAULT_REVOCATION) : asked.until();
    if (until.isAfter(LATEST)) {
      throw new ApiException(ApiError.BAD_REQUEST, "field \"until\" is after " + LATEST);
    }
    if (!until.isAfter(now)) {
      throw new ApiException(
          ApiError.BAD_REQUEST, "field \"until\" is not in the future: " + until);
    }
    revoking.revoke(asked.user(), asked.channel(), until);
    LOG.info(
        "User {} is shut out of channel {} until {}",
        Printable.of(asked.user()),
        Printable.of(asked.channel()),
        until);
    ctx.json(new RevokedJson(asked.user(), asked.channel(), until.toString()));
  }

  private void lift(Context ctx) {
    requireAdmin(authenticator, ctx);
    Asked asked = asked(ctx);
    revoking.lift(asked.user(), asked.channel());
    LOG.info(
        "User {} is let into channel {} again",
        Printable.of(asked.user()),
        Printable.of(asked.channel()));
    ctx.json(new LiftedJson(asked.user(), asked.channel()));
  }

  private Asked asked(Context ctx) {
    Body.mediaType(ctx, List.of(Body.JSON));
    JsonNode json = Json.parse(Body.read(ctx, limits.maxBodyBytes()));
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
          needed(json, "user"),
          ChannelNames.check(needed(json, "channel")),
          until == null ? null : Instant.parse(until));
    } catch (DateTimeParseException e) {
      throw new ApiException(
          ApiError.BAD_REQUEST,
          "field \"until\" must be a time such as 2026-11-24T12:00:00Z, not \""
              + Printable.of(String.valueOf(until)) + "\"");
    }
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

  private record LiftedJson(String user, String channel) {}

  private record Asked(
      String user, String channel, @Nullable Instant until) {}
}
