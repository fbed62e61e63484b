package io.gripstream.app.config;

/**
 * Says that the configuration is wrong. The message is one line with the key, its place and the
 * rule.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
