package io.gripstream.app.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Describes the configuration: the effective one, and all settings. Never a secret. */
public final class ConfigReport {
  private static final String MASK = "***";

  private ConfigReport() {}

  /** A line per key: {@code port: 8080 # environment variable PORT}. */
  public static List<String> effective(Sources sources) {
    List<String> lines = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      Value value = sources.value(setting);
      lines.add(setting.key() + ": " + masked(setting, Objects.requireNonNullElse(value.raw(), ""))
          + "  # " + value.origin());
    }
    return lines;
  }

  private static String masked(Setting setting, Object raw) {
    if (raw.equals("")) {
      return "\"\"";
    }
    return switch (setting) {
      // For these, the target helps.
      case DATABASE_URL, GRIP_URL, TOKEN_JWKS_URL, PUBLIC_URL ->
        Printable.line(ShownUrl.of(String.valueOf(raw)));
      default -> {
        if (!setting.isSecret()) {
          yield Printable.line(String.valueOf(raw));
        }
        int count = raw instanceof List<?> list ? list.size() : 1;
        yield raw instanceof List<?> || raw instanceof Map<?, ?> ? MASK + " (" + count + ")" : MASK;
      }
    };
  }

  /** A table of all keys, in Markdown. */
  public static List<String> reference() {
    List<String> lines = new ArrayList<>();
    lines.add("| key | environment | default | meaning |");
    lines.add("|---|---|---|---|");
    for (Setting setting : Setting.values()) {
      String fallback = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
      lines.add("| `" + setting.key() + "` | `" + String.join("`, `", setting.environment())
          + "` | " + fallback + " | " + setting.description() + " |");
    }
    return lines;
  }
}
