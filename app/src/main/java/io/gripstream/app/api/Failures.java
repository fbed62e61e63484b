package io.gripstream.app.api;

import io.gripstream.app.auth.Denied;
import io.gripstream.eventstream.EventTooLargeException;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Seldom;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.NotFoundResponse;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From exceptions to answers: the same for a request and for an item of a batch. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private static final Seldom STORAGE = new Seldom(System::nanoTime);

  private Failures() {}

  /** What went wrong, as it is told to the one who asked. */
  record Told(ApiError error, String message) {
    Object body() {
      return error.body(message);
    }
  }

  static Told of(Throwable failure) {
    if (failure instanceof CompletionException wrapper && wrapper.getCause() != null) {
      return of(wrapper.getCause());
    }
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof ApiException e) {
      return new Told(e.error(), message);
    }
    if (failure instanceof Denied denied) {
      return new Told(
          switch (denied.kind()) {
            case UNAUTHORIZED -> ApiError.UNAUTHORIZED;
            case FORBIDDEN -> ApiError.FORBIDDEN;
            case UNAVAILABLE -> ApiError.UNAVAILABLE;
          },
          message);
    }
    if (failure instanceof NotFoundResponse) {
      return new Told(
          ApiError.NOT_FOUND, "there is nothing at this path with this method; see /openapi.yaml");
    }
    if (failure instanceof HttpResponseException) {
      return new Told(ApiError.BAD_REQUEST, message);
    }
    if (failure instanceof EventTooLargeException) {
      return new Told(ApiError.TOO_LARGE, message);
    }
    if (failure instanceof IllegalArgumentException) {
      return new Told(ApiError.BAD_REQUEST, message);
    }
    if (failure instanceof StoreException e) {
      STORAGE.perhaps(leftOut -> LOG.warn(
          "The storage did not do what a request asked: {}{}", message, Seldom.more(leftOut)));
      return of(e.kind());
    }
    LOG.error("A request failed", failure);
    return new Told(ApiError.UNAVAILABLE, "internal error; see the server's log");
  }

  /** What storage itself says names files, hosts and the like: that is for the log. */
  private static Told of(StoreException.Kind kind) {
    return switch (kind) {
      case BUSY -> new Told(ApiError.TOO_MANY_REQUESTS, "the storage is busy; send it again later");
      case REFUSED ->
        new Told(ApiError.BAD_REQUEST, "the storage cannot take this; the server's log says why");
      case UNKNOWN_OUTCOME ->
        new Told(
            ApiError.UNAVAILABLE,
            "the storage did not answer, and may have stored it or not; with an idempotency_key it is"
                + " safe to send it again");
      case UNAVAILABLE, CLOSED ->
        new Told(ApiError.UNAVAILABLE, "the storage is not available now; see the server's log");
    };
  }

  static void answer(Context ctx, Throwable failure) {
    Told told = of(failure);
    if (told.error() == ApiError.UNAUTHORIZED) {
      ctx.header("WWW-Authenticate", "Bearer");
    }
    if (told.error() == ApiError.TOO_MANY_REQUESTS || told.error() == ApiError.UNAVAILABLE) {
      ctx.header("Retry-After", "1");
    }
    ctx.header("Cache-Control", "no-store").status(told.error().status()).json(told.body());
  }

  static void register(RoutesConfig routes) {
    routes.exception(Exception.class, (failure, ctx) -> answer(ctx, failure));
    routes.error(404, ctx -> {
      // Javalin's own answer is a line of text.
      if (!Body.JSON.equals(ctx.res().getContentType())) {
        answer(ctx, new NotFoundResponse());
      }
    });
  }
}
