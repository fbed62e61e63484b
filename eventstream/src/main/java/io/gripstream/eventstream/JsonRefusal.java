package io.gripstream.eventstream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.exc.InvalidDefinitionException;

/** Says why data cannot be written as JSON. Pure functions. */
final class JsonRefusal {
  private JsonRefusal() {}

  /** Names the type of the data, and why. */
  static IllegalArgumentException of(@Nullable Object data, String why, @Nullable Throwable cause) {
    String what = data == null ? "null" : "data of type " + data.getClass().getTypeName();
    return new IllegalArgumentException(what + " cannot be written as JSON: " + why, cause);
  }

  /** Names the type of the data, what failed in it, and where. */
  static IllegalArgumentException of(@Nullable Object data, RuntimeException failure) {
    return of(data, reason(failure) + place(failure), failure);
  }

  /** Without Jackson's words: they name its classes and options, which the sender cannot change. */
  private static String reason(RuntimeException failure) {
    if (String.valueOf(failure.getMessage()).startsWith("Null key for a Map")) {
      return "a map has null as a key";
    }
    if (failure instanceof InvalidDefinitionException e && e.getType() != null) {
      return "objects of " + e.getType().getRawClass().getName()
          + " cannot be written; send a map or a record";
    }
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof NoJson)) {
      cause = cause.getCause();
    }
    if (cause instanceof NoJson) {
      return String.valueOf(cause.getMessage());
    }
    if (failure instanceof StreamConstraintsException) {
      return "it is nested too deeply; does it contain itself?";
    }
    return cause instanceof JacksonException
        ? "a value in it has no form in JSON"
        : "reading it ends with " + cause.getClass().getName() + ", the cause of this";
  }

  /** Where in the data, such as {@code , at orders[2].total}; empty: not known, or all of it. */
  private static String place(RuntimeException failure) {
    StringBuilder path = new StringBuilder();
    if (failure instanceof JacksonException e && !(e instanceof StreamConstraintsException)) {
      for (JacksonException.Reference step : e.getPath()) {
        if (step.getPropertyName() != null) {
          path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
        } else if (step.getIndex() >= 0) {
          path.append('[').append(step.getIndex()).append(']');
        }
      }
    }
    return path.isEmpty() ? "" : ", at " + path;
  }

  /** A refusal of this library, not of Jackson. */
  static final class NoJson extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoJson(String message) {
      super(message);
    }
  }
}
