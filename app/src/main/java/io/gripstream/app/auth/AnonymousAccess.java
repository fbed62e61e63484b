package io.gripstream.app.auth;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import java.util.List;
import java.util.stream.Stream;

/**
 * The channels that clients may read without a credential. The first rule that names a channel
 * decides; if there is none, or it leaves this open, {@code ofAll} decides.
 *
 * @param ofAll whether channels without such a rule may be read
 */
public record AnonymousAccess(List<Rule> rules, boolean ofAll) {
  /** One entry of {@code channel_rules}. */
  public record Rule(List<ChannelPattern> channels, boolean mayRead) {
    public Rule {
      channels = List.copyOf(channels);
    }
  }

  public AnonymousAccess {
    rules = List.copyOf(rules);
  }

  /**
   * Reads the rules of the configuration.
   *
   * @param ofAll whether channels without such a rule may be read
   * @throws ConfigException if a pattern is invalid
   */
  public static AnonymousAccess of(List<Settings.ChannelRule> rules, boolean ofAll) {
    return new AnonymousAccess(
        rules.stream()
            .map(rule -> new Rule(patterns(rule), rule.anonymous().orElse(ofAll)))
            .toList(),
        ofAll);
  }

  /**
   * The channels of an entry of {@code channel_rules}.
   *
   * @throws ConfigException if a pattern is invalid
   */
  public static List<ChannelPattern> patterns(Settings.ChannelRule rule) {
    try {
      return ChannelPattern.list(rule.channels());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "channel_rules: channels " + rule.channels() + ": " + e.getMessage());
    }
  }

  /** Whether the channel may be read. */
  public boolean mayRead(String channel) {
    for (Rule rule : rules) {
      if (ChannelPattern.anyMatches(rule.channels, channel)) {
        return rule.mayRead;
      }
    }
    return ofAll;
  }

  /** Whether a rule names this channel in full and allows reading. */
  boolean names(String channel) {
    return mayRead(channel)
        && rules.stream()
            .flatMap(rule -> rule.channels.stream())
            .anyMatch(pattern -> pattern.text().equals(channel));
  }

  /** Whether nothing may be read. */
  boolean isNothing() {
    for (Rule rule : rules) {
      if (rule.mayRead) {
        return false;
      }
      if (rule.channels.contains(ChannelPattern.ALL)) {
        return true;
      }
    }
    return !ofAll;
  }

  /** All of it, for a digest. */
  Stream<String> texts() {
    return Stream.concat(
        rules.stream()
            .flatMap(rule -> Stream.concat(
                Stream.of(rule.mayRead ? "+" : "-"),
                rule.channels.stream().map(ChannelPattern::text))),
        Stream.of(ofAll ? "all" : "none"));
  }
}
