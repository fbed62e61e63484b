package io.gripstream.app.config;

/**
 * The configuration is wrong. The message is one line that names the key, where it was set, and the
 * rule.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
