package io.gripstream.testtools;

import io.gripstream.eventstream.testkit.StreamEvent;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Normalises written positions. Behind a proxy, an event of a stream of several channels begins
 * with its own pair; that channel is listed again, with its id before or after the event.
 */
public final class WrittenPosition {
  private static final Pattern ID = Pattern.compile("(?m)^id: (.*)$");

  private WrittenPosition() {}

  /** The first pair of each channel, in order of their written names, and the epoch last. */
  public static String plain(String id) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : id.split(",", -1)) {
      pairs.putIfAbsent(pair.substring(0, Math.max(0, pair.indexOf(':'))), pair);
    }
    return pairs.entrySet().stream()
        .sorted(Comparator.<Map.Entry<String, String>, Boolean>comparing(
                pair -> pair.getKey().equals("."))
            .thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getValue)
        .collect(Collectors.joining(","));
  }

  /** Returns a stream's bytes with each {@code id} normalised. */
  public static String plainIn(String body) {
    return ID.matcher(body).replaceAll(id -> Matcher.quoteReplacement("id: " + plain(id.group(1))));
  }

  /** Returns an event with its id normalised. */
  public static StreamEvent plain(StreamEvent event) {
    String id = event.id();
    return id == null ? event : new StreamEvent(event.type(), plain(id), event.data());
  }
}
