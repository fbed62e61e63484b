package io.gripstream.app.api;

import io.gripstream.app.auth.Denied;
import io.gripstream.eventstream.EventTooLargeException;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.TooManyRevocationsException;
import io.gripstream.grip.internal.Seldom;
import io.gripstream.grip.internal.Threads;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.NotFoundResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns exceptions into answers, the same for a request and for an item of a batch. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private static final String ENDS = "internal error, the server ends; see its log";

  private static final Seldom STORAGE = new Seldom(System::nanoTime);

  private Failures() {}

  /** The error, in words for the caller. */
  record Problem(ApiError error, String message) {
    Object body() {
      return error.body(message);
    }
  }

  static Problem of(Throwable failure) {
    if (failure instanceof CompletionException wrapper && wrapper.getCause() != null) {
      return of(wrapper.getCause());
    }
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof ApiException e) {
      return new Problem(e.error(), message);
    }
    if (failure instanceof Denied denied) {
      return new Problem(
          switch (denied.kind()) {
            case UNAUTHORIZED -> ApiError.UNAUTHORIZED;
            case FORBIDDEN -> ApiError.FORBIDDEN;
            case UNAVAILABLE -> ApiError.UNAVAILABLE;
          },
          message);
    }
    if (failure instanceof NotFoundResponse) {
      return new Problem(
          ApiError.NOT_FOUND, "there is nothing at this path with this method; see /openapi.yaml");
    }
    if (failure instanceof HttpResponseException) {
      return new Problem(ApiError.BAD_REQUEST, message);
    }
    if (failure instanceof EventTooLargeException
        || failure instanceof TooManyRevocationsException) {
      return new Problem(ApiError.TOO_LARGE, message);
    }
    if (failure instanceof InvalidValueException) {
      return new Problem(ApiError.BAD_REQUEST, message);
    }
    if (failure instanceof StoreException e) {
      STORAGE.perhaps(leftOut -> LOG.warn(
          "The storage could not do the work of a request: {}{}", message, Seldom.more(leftOut)));
      return of(e.kind());
    }
    LOG.error("A request failed", failure);
    return new Problem(ApiError.INTERNAL_ERROR, "internal error; see the server's log");
  }

  /** The storage's own message names files and hosts: it is for the log. */
  private static Problem of(StoreException.Kind kind) {
    return switch (kind) {
      case BUSY ->
        new Problem(ApiError.TOO_MANY_REQUESTS, "the storage is busy; send it again later");
      case UNKNOWN_OUTCOME ->
        new Problem(
            ApiError.UNAVAILABLE,
            "the storage did not answer, and may have stored it or not; with an idempotency_key it is"
                + " safe to send it again");
      case UNAVAILABLE, CLOSED, REPLACED ->
        new Problem(ApiError.UNAVAILABLE, "the storage is not available now; see the server's log");
    };
  }

  static void answer(Context ctx, Throwable failure) {
    Problem problem = of(failure);
    Unread.drop(ctx);
    if (problem.error() == ApiError.UNAUTHORIZED) {
      ctx.header("WWW-Authenticate", "Bearer");
    }
    if (problem.error() == ApiError.TOO_MANY_REQUESTS || problem.error() == ApiError.UNAVAILABLE) {
      ctx.header("Retry-After", "1");
    }
    ctx.header("Cache-Control", "no-store").status(problem.error().status()).json(problem.body());
  }

  /**
   * Answers a request in which an unrecoverable error occurred, and passes the error to the
   * uncaught-exception handler, which ends a server.
   */
  static void answer(HttpServletResponse response, Error failure) {
    try {
      if (!response.isCommitted()) {
        byte[] body = Json.bytes(ApiError.INTERNAL_ERROR.body(ENDS));
        response.reset();
        response.setStatus(ApiError.INTERNAL_ERROR.status());
        response.setContentType(Body.JSON);
        response.setContentLength(body.length);
        response.setHeader("Cache-Control", "no-store");
        SafeHeaders.OF_EVERY_ANSWER.forEach(response::setHeader);
        response.getOutputStream().write(body);
        // The process may not live long enough to do it later.
        response.flushBuffer();
      }
    } catch (IOException gone) {
      LOG.debug("The client of a request that failed is gone", gone);
    } finally {
      Threads.met(failure);
    }
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
