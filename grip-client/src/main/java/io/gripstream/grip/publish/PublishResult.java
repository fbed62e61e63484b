package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The outcome of an item at each proxy. Immutable and thread-safe. */
public final class PublishResult {
  private final Map<GripProxy, Optional<PublishException>> errors;

  PublishResult(Map<GripProxy, Optional<PublishException>> errors) {
    this.errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
  }

  /**
   * The error of each proxy, in the order configured; empty where the item is published.
   * Unmodifiable.
   */
  public Map<GripProxy, Optional<PublishException>> errors() {
    return errors;
  }

  /** Returns whether every proxy accepted the item; true if there is no proxy. */
  public boolean isOk() {
    return errors.values().stream().allMatch(Optional::isEmpty);
  }

  /**
   * Throws the first error, with the others suppressed in it.
   *
   * @throws PublishException if not {@link #isOk()}
   */
  public void orThrow() {
    List<PublishException> failed =
        errors.values().stream().flatMap(Optional::stream).toList();
    if (failed.isEmpty()) {
      return;
    }
    // A new exception: the errors of a batch are shared between its items.
    PublishException first = failed.get(0);
    var thrown = new PublishException(first.kind(), String.valueOf(first.getMessage()), first);
    failed.stream().skip(1).forEach(thrown::addSuppressed);
    throw thrown;
  }

  @Override
  public String toString() {
    return "PublishResult" + errors;
  }
}
