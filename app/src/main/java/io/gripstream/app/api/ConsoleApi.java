package io.gripstream.app.api;

import io.gripstream.app.auth.Caller;
import io.gripstream.app.auth.ConsoleLogin;
import io.gripstream.app.auth.ConsoleTokens;
import io.gripstream.app.auth.Denied;
import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The endpoints of the console's pages: the login of a browser, figures and checks. They are not
 * part of the public API: they change with the pages.
 */
final class ConsoleApi {
  private static final String SESSION = "/console/session";

  /** The owner of bodies without a credential: all of them share the limits of one. */
  private static final String STRANGER = "";

  private final EventStream events;
  private final Rights rights;
  private final Bodies bodies;
  private final ConsoleLogin login;
  private final PrometheusRegistry metrics;
  private final OfferedChannels offered;
  private final Checkups checkups;
  private final boolean hasDemos;
  private final Clock clock;
  private final String instance = UUID.randomUUID().toString().substring(0, 8);

  ConsoleApi(Api api, Rights rights, Bodies bodies) {
    this.events = api.events();
    this.rights = rights;
    this.bodies = bodies;
    this.login = api.authenticator().console();
    this.metrics = api.metrics();
    this.offered = api.offered();
    this.checkups = new Checkups(api.checkup(), api.clock());
    this.hasDemos = api.hasDemos();
    this.clock = api.clock();
  }

  void register(RoutesConfig routes) {
    routes.post(SESSION, this::enter);
    Reading.add(routes, SESSION, this::session);
    routes.delete(SESSION, this::leave);
    routes.post("/console/visitor", this::visitor);
    Reading.add(routes, "/console/channels", this::channels);
    Reading.add(routes, "/console/metrics", this::metrics);
    Reading.add(routes, "/console/checks", this::checks);
    routes.post("/console/checks", this::check);
  }

  /**
   * Exchanges a code for a cookie. The body is JSON, so a page of another origin needs a preflight
   * request. Where no browser may log in, the body of a stranger is not read.
   */
  private void enter(Context ctx) {
    Body.mediaType(ctx, List.of(Body.JSON));
    if (!login.isOpen() || !login.enter(text(ctx, STRANGER, "code"))) {
      throw Denied.unauthorized(
          "this link was used, or is too old; enter the API key that the server printed");
    }
    ConsoleTokens tokens = login.tokens().orElseThrow();
    String proof = tokens.makeProof();
    answer(ctx, tokens.begin(proof), proof);
  }

  /** Tells a reloaded page whether it is logged in, and extends the session. */
  private void session(Context ctx) {
    answer(
        ctx,
        login
            .session(ctx)
            .map(session -> login.tokens().orElseThrow().renewed(session))
            .orElse(null),
        null);
  }

  private void answer(
      Context ctx, ConsoleTokens.@Nullable Session session, @Nullable String proof) {
    if (session != null) {
      String signed = login.tokens().orElseThrow().sign(session);
      cookie(ctx, signed, Duration.between(clock.instant(), session.until()));
    }
    ctx.header("Cache-Control", "no-store")
        .json(
            new SessionJson(session == null ? null : session.until().toString(), proof, hasDemos));
  }

  /** Removes the cookie; a copy of it stays valid until its end. */
  private void leave(Context ctx) {
    rights.admin(ctx);
    cookie(ctx, "", Duration.ZERO);
    ctx.header("Cache-Control", "no-store").status(204);
  }

  private static void cookie(Context ctx, String value, Duration age) {
    ctx.res()
        .addHeader(
            "Set-Cookie",
            ConsoleLogin.COOKIE + "=" + value + "; Path=/; HttpOnly; SameSite=Strict; Max-Age="
                + Math.max(0, age.toSeconds()) + (SafeHeaders.isSecure(ctx) ? "; Secure" : ""));
  }

  /** Makes a visitor whose right can be revoked, for a trial. */
  private void visitor(Context ctx) {
    Caller caller = rights.admin(ctx);
    Body.mediaType(ctx, List.of(Body.JSON));
    String channel = ChannelNames.check(text(ctx, PublishApi.credential(caller), "channel"));
    ConsoleTokens.Visitor visitor = login
        .tokens()
        .orElseThrow(() -> new ApiException(
            ApiError.NOT_FOUND,
            "the server signs a visitor's token with an API key that may do everything, and none is"
                + " configured (api_keys)"))
        .visitor(channel);
    ctx.header("Cache-Control", "no-store")
        .json(new VisitorJson(visitor.user(), visitor.token(), visitor.until().toString()));
  }

  private void channels(Context ctx) {
    rights.admin(ctx);
    Query.check(ctx, "prefix");
    String prefix = Objects.requireNonNullElse(ctx.queryParam("prefix"), "");
    List<ChannelJson> channels = offered.of(prefix, events.status().streamsByChannel()).stream()
        .map(offer -> new ChannelJson(offer.name(), offer.streams(), texted(offer.usedAt())))
        .toList();
    boolean hasProxies = !events.status().proxies().isEmpty();
    ctx.header("Cache-Control", "no-store").json(new ChannelsJson(channels, hasProxies));
  }

  private void metrics(Context ctx) {
    rights.admin(ctx);
    ctx.header("Cache-Control", "no-store")
        .json(new MetricsOfInstanceJson(instance, clock.millis(), MetricsJson.of(metrics)));
  }

  private void checks(Context ctx) {
    rights.admin(ctx);
    ctx.header("Cache-Control", "no-store")
        .json(new ChecksJson(RunJson.of(checkups.quick()), RunJson.of(checkups.thorough())));
  }

  private void check(Context ctx) {
    rights.admin(ctx);
    if (!checkups.beginThorough()) {
      throw new ApiException(
          ApiError.TOO_MANY_REQUESTS,
          "the checks are running, or ran less than " + Checkups.THOROUGH_EVERY.toSeconds()
              + " s ago");
    }
    checks(ctx);
  }

  private String text(Context ctx, String credential, String name) {
    JsonNode json;
    try (Bodies.Place place = bodies.takeSmall(ctx, credential)) {
      json = Json.parse(place.body());
    }
    JsonNode value = json.get(name);
    if (value == null || !value.isString()) {
      throw new ApiException(
          ApiError.BAD_REQUEST, "the body is not an object with a string \"" + name + "\"");
    }
    return value.stringValue();
  }

  private static @Nullable String texted(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }

  /**
   * @param until null: no login
   * @param proof for the header of each request; null: the page has it
   */
  private record SessionJson(
      @Nullable String until, @Nullable String proof, boolean demos) {}

  private record VisitorJson(String user, String token, String until) {}

  /** @param usedAt when an event of it, or a stream here, was last seen by this instance */
  private record ChannelJson(
      String name, int streams, @Nullable String usedAt) {}

  /** @param hasProxies whether there are proxies, whose streams are not counted */
  private record ChannelsJson(List<ChannelJson> channels, boolean hasProxies) {}

  private record MetricsOfInstanceJson(
      String instance, long at, List<Map<String, Object>> metrics) {}

  private record ChecksJson(RunJson quick, RunJson thorough) {}

  private record RunJson(@Nullable String at, boolean isRunning, List<Checkup.Result> results) {
    static RunJson of(Checkups.Run run) {
      return new RunJson(texted(run.at()), run.isRunning(), run.results());
    }
  }
}
