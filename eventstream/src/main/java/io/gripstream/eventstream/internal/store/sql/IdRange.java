package io.gripstream.eventstream.internal.store.sql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The ids {@code first…last} that one transaction added to one channel. Written into the batch row
 * as {@code CHANNEL:FIRST-LAST}, joined by commas.
 *
 * @param channel the channel's number
 */
public record IdRange(long channel, long first, long last) {
  public static String write(Collection<IdRange> all) {
    StringBuilder text = new StringBuilder(all.size() * 16);
    for (IdRange one : all) {
      if (text.length() > 0) {
        text.append(',');
      }
      text.append(one.channel).append(':').append(one.first).append('-').append(one.last);
    }
    return text.toString();
  }

  public static List<IdRange> parse(String text) {
    List<IdRange> all = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int comma = text.indexOf(',', at);
      int end = comma < 0 ? text.length() : comma;
      int colon = text.indexOf(':', at);
      int dash = text.indexOf('-', colon);
      all.add(new IdRange(
          Long.parseLong(text, at, colon, 10),
          Long.parseLong(text, colon + 1, dash, 10),
          Long.parseLong(text, dash + 1, end, 10)));
      at = end + 1;
    }
    return all;
  }
}
