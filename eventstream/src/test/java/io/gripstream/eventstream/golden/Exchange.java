package io.gripstream.eventstream.golden;

import io.gripstream.testtools.WrittenPosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer without what SPEC changes in every answer, so that a recorded one and ours compare as
 * equal (docs/differences-from-django-eventstream.md, "In every answer").
 *
 * @param frames the body, cut at blank lines
 */
record Exchange(int status, Map<String, String> headers, List<String> frames, boolean ends) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern ID = Pattern.compile("(?m)^id: (.*)$");
  private static final Pattern ID_FORMAT = Pattern.compile("id_format=\"([^\"]*)\"");
  private static final Pattern DATA = Pattern.compile("(?m)^data: (\\{.*})$");

  static Exchange of(int status, Map<String, String> headers, String body, boolean ends) {
    boolean isStream = status == 200;
    Map<String, String> kept = new TreeMap<>();
    headers.forEach((name, value) -> {
      String normal = name.equals("grip-set-meta")
          ? meta(value, headers.getOrDefault("grip-channel", ""))
          : header(name, value, isStream);
      if (!normal.isEmpty()) {
        kept.put(name, normal);
      }
    });
    return new Exchange(status, kept, isStream ? frames(body) : List.of(body), ends);
  }

  /** The headers that both set for a reason; the value is empty if there is nothing to compare. */
  private static String header(String name, String value, boolean isStream) {
    return switch (name) {
      case "content-type" -> isStream ? value : "";
      case "cache-control" -> value.startsWith("no-cache") ? "no-cache" : value;
      case "x-accel-buffering",
          "access-control-allow-origin",
          "access-control-allow-credentials",
          "access-control-allow-headers",
          "grip-hold" -> value;
      // We say what is the default anyway.
      case "grip-keep-alive" -> value.replace("; mode=idle", "");
      case "grip-channel" -> channels(value);
      case "grip-link" -> "present";
      default -> "";
    };
  }

  /** The name of a channel at the proxy: its own name after a word and our identity. */
  static String namesAtProxy(String value) {
    return value.replaceAll("\\bgs1-[a-z0-9]*-", "events-");
  }

  /** Without the channel on which a user is kicked; the rest in order of their names. */
  private static String channels(String value) {
    return Arrays.stream(namesAtProxy(value).split(", "))
        .filter(channel -> !channel.matches("(pfx-)?(user-|gs1kick-).*"))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /**
   * Without anonymous users and the epoch; an id's channels in order of their names. The id of a
   * stream of one channel is written by who publishes, or by the proxy.
   */
  private static String meta(String value, String channels) {
    String held = namesAtProxy(channels);
    String meta = namesAtProxy(value)
        .replaceAll("(, )?user=\"anonymous\"", "")
        .replaceAll(",?\\.:[a-z0-9]+", "");
    return ID_FORMAT
        .matcher(meta)
        .replaceAll(format ->
            Matcher.quoteReplacement("id_format=\"" + idFormat(format.group(1), held) + '"'));
  }

  private static String idFormat(String format, String held) {
    boolean isOfOneChannel = !format.contains(",");
    Matcher variable = Pattern.compile(".*%\\((.*)\\)s").matcher(format);
    boolean isFilledIn =
        !variable.matches() || (", " + held).contains(", " + variable.group(1) + ";");
    return isOfOneChannel && isFilledIn ? "" : sorted("", format);
  }

  private static String sorted(String prefix, String pairs) {
    return Arrays.stream(pairs.split(",")).sorted().collect(Collectors.joining(",", prefix, ""));
  }

  private static List<String> frames(String body) {
    List<String> frames = new ArrayList<>();
    for (String frame : body.split("(?<=\n\n)")) {
      if (!frame.isEmpty()) {
        frames.add(frame(frame));
      }
    }
    return frames;
  }

  private static String frame(String frame) {
    if (frame.startsWith("event: stream-open\n")) {
      return ID.matcher(frame).replaceFirst("").replace("\n\ndata", "\ndata");
    }
    String sorted = ID.matcher(frame).replaceAll(id -> Matcher.quoteReplacement(id(id.group(1))));
    return frame.startsWith("event: stream-")
        ? DATA.matcher(sorted).replaceAll(data -> Matcher.quoteReplacement(control(data.group(1))))
        : sorted;
  }

  private static String id(String id) {
    return sorted("id: ", WrittenPosition.plain(id.replaceAll(",\\.:.*", "")));
  }

  /** The JSON of a control event: without reasons, its channels in order, written in one way. */
  private static String control(String data) {
    ObjectNode json;
    try {
      json = (ObjectNode) JSON.readTree(data);
    } catch (JacksonException asPythonWritesIt) {
      return "data: " + data;
    }
    json.remove("reasons");
    JsonNode channels = json.get("channels");
    if (channels != null) {
      json.set(
          "channels",
          JSON.valueToTree(
              channels.valueStream().map(JsonNode::asString).sorted().toList()));
    }
    return "data: " + JSON.writeValueAsString(json);
  }

  /** Whether this one can still become the other, as more of it comes. */
  boolean mayBecome(Exchange other) {
    return status == other.status
        && frames.size() <= other.frames.size()
        && (frames.isEmpty()
            || frames
                .subList(0, frames.size() - 1)
                .equals(other.frames.subList(0, frames.size() - 1)));
  }
}
