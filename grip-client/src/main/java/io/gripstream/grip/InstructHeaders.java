package io.gripstream.grip;

import io.gripstream.grip.internal.WireText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

/** Writes an instruct as headers. */
final class InstructHeaders {

  private InstructHeaders() {}

  static List<Entry<String, String>> all(Instruct instruct) {
    var headers = new ArrayList<Entry<String, String>>();
    if (instruct.status() != null) {
      headers.add(Map.entry("Grip-Status", instruct.status().headerValue()));
    }
    switch (instruct.hold()) {
      case STREAM -> headers.add(Map.entry("Grip-Hold", "stream"));
      case RESPONSE -> headers.add(Map.entry("Grip-Hold", "response"));
      case NONE -> {}
    }
    for (Channel channel : instruct.channels()) {
      headers.add(Map.entry("Grip-Channel", channel(channel)));
    }
    if (instruct.timeout() != null) {
      headers.add(Map.entry("Grip-Timeout", String.valueOf(instruct.timeout().toSeconds())));
    }
    for (Entry<String, String> entry : instruct.meta().entrySet()) {
      headers.add(Map.entry("Grip-Set-Meta", meta(entry.getKey(), entry.getValue())));
    }
    headers.addAll(besideJson(instruct));
    return List.copyOf(headers);
  }

  static List<Entry<String, String>> besideJson(Instruct instruct) {
    var headers = new ArrayList<Entry<String, String>>();
    if (instruct.keepAlive() != null) {
      headers.add(Map.entry("Grip-Keep-Alive", instruct.keepAlive().headerValue()));
    }
    if (instruct.next() != null) {
      headers.add(Map.entry("Grip-Link", link(instruct.next(), "next")));
    }
    if (instruct.gone() != null) {
      headers.add(Map.entry("Grip-Link", link(instruct.gone(), "gone")));
    }
    if (!instruct.exposeHeaders().isEmpty()) {
      headers.add(Map.entry("Grip-Expose-Headers", String.join(", ", instruct.exposeHeaders())));
    }
    return List.copyOf(headers);
  }

  /** A name ends at ',' or ';'; a quote has no meaning but swallows commas behind it. */
  private static String channel(Channel channel) {
    String name = channel.name();
    var value = new StringBuilder(WireText.requireUnquoted("channel", name, ",;\""));
    if (channel.prevId() != null) {
      String what = "prev-id of channel " + name;
      value.append("; prev-id=").append(WireText.requireUnquoted(what, channel.prevId(), ",;\""));
    }
    channel.filters().forEach(filter -> value.append("; filter=").append(filter));
    return value.toString();
  }

  private static String meta(String key, String value) {
    if (!WireText.isPrintableAscii(value)) {
      throw new IllegalArgumentException(
          "meta %s is \"%s\", but a Grip header carries printable ASCII only: answer with %s"
              .formatted(key, WireText.printable(value), Instruct.CONTENT_TYPE));
    }
    return key + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String link(Instruct.Link link, String relation) {
    String value = "<" + link.uri() + ">; rel=" + relation;
    return link.timeout() == null
        ? value
        : value + "; timeout=" + link.timeout().toSeconds();
  }
}
