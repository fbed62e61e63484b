package io.gripstream.app.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A value of a setting, its source, and ways to read it. Every refusal names the key, the place,
 * the rule, and the value unless that is a secret.
 *
 * @param raw a text, number, boolean, list or map, from the file or the environment; null: the file
 *     has the key without a value
 * @param origin such as {@code gripstream.yaml} or {@code environment variable PORT}
 * @param place within the value, such as {@code ", item 1, channels"}; empty: all of it
 */
record Value(Setting setting, @Nullable Object raw, String origin, String place) {
  /** The refusal of quotes, which docker's {@code --env-file} keeps and a shell removes. */
  static final String QUOTED = "is in quotation marks, which would be a part of it: remove them"
      + " (docker's --env-file keeps them, a shell does not)";

  /** Storages compute with times. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  Value(Setting setting, Object raw, String origin) {
    this(setting, raw, origin, "");
  }

  /** The text of a text, number or boolean. */
  String text() {
    return text("must be a text");
  }

  private String text(String rule) {
    if (raw == null) {
      throw refuse("is empty; give it a value, or remove it");
    }
    if (raw instanceof List<?> || raw instanceof Map<?, ?>) {
      throw refuse(rule + ", not " + (raw instanceof List<?> ? "a list" : "an object"));
    }
    String text = String.valueOf(raw).strip();
    if (setting.isSecret() && isQuoted(text)) {
      throw refuse(QUOTED);
    }
    return text;
  }

  /**
   * A name, key or address: never a YAML number or boolean, since {@code 1.10} would become
   * {@code 1.1}.
   */
  String name() {
    if (raw instanceof Number || raw instanceof Boolean) {
      throw refuse("must be a text, and YAML takes it for "
          + (raw instanceof Boolean ? "true or false" : "a number") + ": write it in quotes");
    }
    return text();
  }

  int number(int min, int max) {
    String rule = "must be a whole number from " + min + " to " + max;
    try {
      int number = Integer.parseInt(text(rule).replace("_", ""));
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // Refused below, like a number out of range.
    }
    throw refuse(rule);
  }

  boolean flag() {
    String rule = "must be true or false";
    return switch (text(rule)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refuse(rule);
    };
  }

  String oneOf(List<String> choices) {
    String rule = "must be one of " + String.join(", ", choices);
    String text = text(rule);
    if (!choices.contains(text)) {
      throw refuse(rule);
    }
    return text;
  }

  /** A time of at least this, and of less than a hundred years. */
  Duration duration(Duration min) {
    String rule = "must be a time such as 500ms, 20s, 5m, 24h or 7d";
    Duration duration = Durations.parse(text(rule)).orElseThrow(() -> refuse(rule));
    if (duration.compareTo(min) < 0) {
      throw refuse("must be at least " + min.toMillis() + "ms");
    }
    if (duration.compareTo(LONGEST) > 0) {
      throw refuse("must be at most " + LONGEST.toDays() + "d");
    }
    return duration;
  }

  /** A time of whole seconds, up to a day. */
  Duration seconds() {
    Duration duration = duration(Duration.ZERO);
    if (duration.getNano() != 0
        || duration.toSeconds() < 1
        || duration.compareTo(Duration.ofDays(1)) > 0) {
      throw refuse("must be a time of whole seconds from 1s to 1d");
    }
    return duration;
  }

  /** A list, or texts separated by blanks or commas. */
  List<String> texts() {
    return items().stream().map(Value::name).toList();
  }

  /**
   * A list of anything; a text is YAML if it begins with a bracket, else split at blanks and
   * commas.
   */
  List<Value> items() {
    List<?> list;
    if (raw instanceof List<?> given) {
      list = given;
    } else if (raw instanceof Map<?, ?>) {
      throw refuse("must be a list");
    } else if (raw instanceof String text && text.strip().startsWith("[")) {
      list = YamlFile.list(text)
          .orElseThrow(() -> refuse("begins with [ and is not a YAML list, such as [a, b]"));
    } else if (raw instanceof String text && YamlFile.isObject(text)) {
      throw refuse("must be a list, such as [a, b]");
    } else {
      list = Arrays.stream(name().split("[\\s,]+", -1))
          .filter(item -> !item.isEmpty())
          .toList();
    }
    List<Value> items = new ArrayList<>();
    for (Object item : list) {
      items.add(new Value(setting, item, origin, place + ", item " + (items.size() + 1)));
    }
    return items;
  }

  boolean isObject() {
    return raw instanceof Map<?, ?>;
  }

  /** The fields of an object with these keys; other keys are refused. */
  Map<String, Value> object(List<String> known) {
    if (!(raw instanceof Map<?, ?> map)) {
      throw refuse("must be an object with " + String.join(", ", known));
    }
    Map<String, Value> object = new TreeMap<>();
    map.forEach((key, value) -> {
      String name = String.valueOf(key);
      if (!known.contains(name)) {
        throw refuse(unknown(name, known));
      }
      object.put(name, new Value(setting, value, origin, place + ", " + name));
    });
    return object;
  }

  /** YAML takes a lone text in braces for a key, and it may be a secret. */
  private String unknown(String name, List<String> known) {
    String hint = Nearest.hint(name, known);
    return setting.isSecret() && hint.isEmpty()
        ? "has an unknown key; known are " + String.join(", ", known)
        : "has the unknown key " + Printable.of(name) + hint;
  }

  /** Returns whether a text is in quotation marks, which no value has. */
  static boolean isQuoted(String text) {
    char first = text.isEmpty() ? 0 : text.charAt(0);
    return text.length() > 1
        && (first == '"' || first == '\'')
        && text.charAt(text.length() - 1) == first;
  }

  /** A refusal: {@code port (environment variable PORT): "x" must be …}. */
  ConfigException refuse(String rule) {
    boolean quote = raw != null
        && !setting.isSecret()
        && !(raw instanceof List<?>)
        && !(raw instanceof Map<?, ?>);
    String value =
        quote ? "\"" + Printable.of(ShownUrl.withoutUser(String.valueOf(raw))) + "\" " : "";
    return new ConfigException(setting.key() + " (" + origin + ")" + place + ": " + value + rule);
  }
}
