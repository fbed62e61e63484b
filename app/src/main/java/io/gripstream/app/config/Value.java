package io.gripstream.app.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was set for a key, and where, with the ways to read it. Every refusal says the key, the
 * place and the rule, and the value unless that is a secret.
 *
 * @param raw a text, number, boolean, list or map, as the file or the environment has it
 * @param origin such as {@code gripstream.yaml} or {@code environment variable PORT}
 */
record Value(Setting setting, Object raw, String origin) {
  String text() {
    if (raw instanceof List<?> || raw instanceof Map<?, ?>) {
      throw refuse("must be a text");
    }
    return String.valueOf(raw).strip();
  }

  int number(int min, int max) {
    try {
      int number = Integer.parseInt(text().replace("_", ""));
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // Refused below, as one out of range.
    }
    throw refuse("must be a whole number from " + min + " to " + max);
  }

  boolean flag() {
    return switch (text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refuse("must be true or false");
    };
  }

  String oneOf(List<String> choices) {
    if (!choices.contains(text())) {
      throw refuse("must be one of " + String.join(", ", choices));
    }
    return text();
  }

  Duration duration(Duration min) {
    Duration duration = Durations.parse(text())
        .orElseThrow(() -> refuse("must be a time such as 500ms, 20s, 5m, 24h or 7d"));
    if (duration.compareTo(min) < 0) {
      throw refuse("must be at least " + min.toMillis() + "ms");
    }
    return duration;
  }

  /** A list, or texts separated by blanks or commas. */
  List<String> texts() {
    List<String> all = new ArrayList<>();
    for (Object item : items()) {
      if (item instanceof List<?> || item instanceof Map<?, ?>) {
        throw refuse("must be a list of texts");
      }
      all.add(String.valueOf(item));
    }
    return all;
  }

  /**
   * A list of anything; a text is YAML if it begins with a bracket, else split at blanks and
   * commas.
   */
  List<Object> items() {
    if (raw instanceof List<?> list) {
      return List.copyOf(list);
    }
    if (raw instanceof String text && text.strip().startsWith("[")) {
      return YamlFile.list(text)
          .orElseThrow(() -> refuse("begins with [ and is not a YAML list, such as [a, b]"));
    }
    if (raw instanceof Map<?, ?>) {
      throw refuse("must be a list");
    }
    List<Object> all = new ArrayList<>();
    for (String item : text().split("[\\s,]+", -1)) {
      if (!item.isEmpty()) {
        all.add(item);
      }
    }
    return all;
  }

  /** An item of a list as an object with these keys; others are refused. */
  Map<String, Object> object(Object item, List<String> known) {
    if (!(item instanceof Map<?, ?> map)) {
      throw refuse("must be a list of objects with " + String.join(", ", known));
    }
    Map<String, Object> object = new TreeMap<>();
    map.forEach((key, value) -> {
      String name = String.valueOf(key);
      if (!known.contains(name)) {
        throw refuse("has an object with the unknown key " + name + Nearest.hint(name, known));
      }
      object.put(name, value);
    });
    return object;
  }

  /** A refusal: {@code port (environment variable PORT): "x" must be …}. */
  ConfigException refuse(String rule) {
    boolean quote = !setting.isSecret() && !(raw instanceof List<?>) && !(raw instanceof Map<?, ?>);
    String value = quote ? "\"" + Printable.of(String.valueOf(raw)) + "\" " : "";
    return new ConfigException(setting.key() + " (" + origin + "): " + value + rule);
  }
}
