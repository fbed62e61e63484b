package io.gripstream.eventstream.internal.store.core;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which streams are granted, and the time from which they apply.
 *
 * @param digest of the rules
 * @param since milliseconds since 1970
 */
public record GrantRules(String digest, long since) {
  /** Maximum time between the restarts of processes that follow each other. */
  private static final Duration SETTLED = Duration.ofHours(1);

  /** Returns the rules after a process has noted its own; the same ones if it has no others. */
  public static GrantRules after(@Nullable GrantRules noted, String digest, long now) {
    return noted == null || !noted.digest.equals(digest) ? new GrantRules(digest, now) : noted;
  }

  /** Whether streams that other rules granted may still be held. */
  public boolean areNew(long now) {
    return now - since < SETTLED.toMillis();
  }

  public static @Nullable GrantRules parse(@Nullable String text) {
    if (text == null || !text.matches("[0-9]{1,18} .+")) {
      return null;
    }
    int blank = text.indexOf(' ');
    return new GrantRules(text.substring(blank + 1), Long.parseLong(text.substring(0, blank)));
  }

  @Override
  public String toString() {
    return since + " " + digest;
  }
}
