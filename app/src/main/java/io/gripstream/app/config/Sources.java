package io.gripstream.app.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sources of values: the command line, then the environment, then the file, then the default.
 * An unknown name is refused in each.
 */
public final class Sources {
  /** The file that is read if it exists and no other file is given. */
  public static final Path DEFAULT_FILE = Path.of("gripstream.yaml");

  /** Names the file. */
  public static final String FILE_VARIABLE = "GRIPSTREAM_CONFIG";

  private static final String PREFIX = "GRIPSTREAM_";

  /** Not settings: the file's name, a client's token, and variables of the launcher. */
  private static final Set<String> FOREIGN =
      Set.of(FILE_VARIABLE, "GRIPSTREAM_TOKEN", "GRIPSTREAM_JAVA_OPTS");

  /** Kubernetes sets these in every container for a service named gripstream. */
  private static final Pattern KUBERNETES = Pattern.compile("GRIPSTREAM_(SERVICE_.*|PORT_\\d+_.*)");

  private final Map<String, String> environment;
  private final Map<Setting, Value> values = new EnumMap<>(Setting.class);

  private Sources(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Collects all values.
   *
   * @param file the given file; null: the environment's, else the default one if it exists
   * @param environment such as {@link System#getenv()}
   * @param arguments values of the command line, with the names of its options
   * @throws ConfigException if the file cannot be read, or a name is unknown
   */
  public static Sources read(
      @Nullable Path file, Map<String, String> environment, Map<Setting, Argument> arguments) {
    Sources sources = new Sources(environment);
    Path chosen = chosen(file, environment);
    if (chosen != null) {
      sources.addFile(chosen);
    }
    sources.addEnvironment();
    arguments.forEach((setting, argument) -> sources.values.put(
        setting, new Value(setting, argument.value(), "option " + argument.option())));
    return sources;
  }

  /** Returns whether a variable of this name is read or refused by the program. */
  public static boolean isRead(String variable) {
    return variable.startsWith(PREFIX)
        || Arrays.stream(Setting.values())
            .anyMatch(setting -> setting.environment().contains(variable));
  }

  private static @Nullable Path chosen(@Nullable Path file, Map<String, String> environment) {
    if (file != null) {
      return file;
    }
    String named = environment.getOrDefault(FILE_VARIABLE, "");
    if (!named.isBlank()) {
      return Path.of(named);
    }
    return Files.exists(DEFAULT_FILE) ? DEFAULT_FILE : null;
  }

  /** The value of a setting: from the last source that sets it, else the default. */
  Value value(Setting setting) {
    Value value = values.get(setting);
    return value != null ? value : new Value(setting, setting.fallback(), "default");
  }

  /** Returns whether it is set and not empty. */
  boolean isSet(Setting setting) {
    Value value = values.get(setting);
    return value != null && !"".equals(value.raw());
  }

  private void addFile(Path file) {
    Map<String, Object> flat = new TreeMap<>();
    flatten(file, "", content(file), flat);
    List<String> known = Arrays.stream(Setting.values()).map(Setting::key).toList();
    flat.forEach((key, value) -> {
      Setting setting = Setting.of(key)
          .orElseThrow(() -> new ConfigException(
              file + ": unknown key " + Printable.of(key) + Nearest.hint(key, known)));
      values.put(setting, new Value(setting, value, file.toString()));
    });
  }

  private static Map<String, @Nullable Object> content(Path file) {
    return YamlFile.parse(file, Utf8.read("the configuration file", file));
  }

  /**
   * Levels become dots: {@code cors: {allow_origins: …}} is {@code cors.allow_origins}. A key
   * without a value counts as not set, like an empty variable.
   */
  private static void flatten(Path file, String prefix, Map<?, ?> level, Map<String, Object> flat) {
    level.forEach((name, value) -> {
      String key = prefix + name;
      List<String> below = below(key);
      if (value instanceof Map<?, ?> map && Setting.of(key).isEmpty()) {
        flatten(file, key + ".", map, flat);
      } else if (value == null && (Setting.of(key).isPresent() || !below.isEmpty())) {
        return;
      } else if (!below.isEmpty()) {
        throw new ConfigException(file + ": " + key + " must be an object with "
            + String.join(", ", below) + ", one per line and indented");
      } else {
        flat.put(key, value == null ? "" : value);
      }
    });
  }

  private static List<String> below(String key) {
    String prefix = key + ".";
    return Arrays.stream(Setting.values())
        .map(Setting::key)
        .filter(known -> known.startsWith(prefix))
        .map(known -> known.substring(prefix.length()))
        .toList();
  }

  private void addEnvironment() {
    List<String> known = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      List<String> names = setting.environment();
      known.addAll(names);
      names.stream()
          .filter(this::isOurs)
          .findFirst()
          .ifPresent(name -> values.put(setting, variable(setting, name)));
    }
    for (String name : environment.keySet()) {
      boolean stranger = name.startsWith(PREFIX)
          && !known.contains(name)
          && !FOREIGN.contains(name)
          && !KUBERNETES.matcher(name).matches();
      if (stranger) {
        throw new ConfigException(
            "unknown environment variable " + Printable.of(name) + Nearest.hint(name, known));
      }
    }
  }

  /** @throws ConfigException if the variable has quotation marks around its value */
  public static void checkQuotes(String variable, String text) {
    if (Value.isQuoted(text.strip())) {
      throw new ConfigException("environment variable " + variable + " " + Value.QUOTED);
    }
  }

  private Value variable(Setting setting, String name) {
    String text = environment.getOrDefault(name, "");
    Value value = new Value(setting, text, "environment variable " + name);
    if (Value.isQuoted(text.strip())) {
      throw value.refuse(Value.QUOTED);
    }
    return value;
  }

  /** Set, not empty, and not by Kubernetes, which makes {@code GRIPSTREAM_PORT} a URL. */
  private boolean isOurs(String name) {
    String value = environment.getOrDefault(name, "");
    return !value.isBlank() && !(name.endsWith("PORT") && value.startsWith("tcp://"));
  }

  /** The value of an option of the command line. */
  public record Argument(String option, String value) {}
}
