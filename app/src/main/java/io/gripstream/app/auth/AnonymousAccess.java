package io.gripstream.app.auth;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import java.util.List;
import java.util.stream.Stream;

/**
 * What may be read without a credential: what the first rule says that names a channel, else, or if
 * it says nothing, what holds for all.
 *
 * @param ofAll whether the channels may be read of which no rule says anything
 */
public record AnonymousAccess(List<Rule> rules, boolean ofAll) {
  /** What one entry of {@code channel_rules} says. */
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
   * @param ofAll whether channels may be read of which they say nothing
   * @throws ConfigException if a pattern is none
   */
  public static AnonymousAccess of(List<Settings.ChannelRule> rules, boolean ofAll) {
    return new AnonymousAccess(
        rules.stream()
            .map(rule -> new Rule(patterns(rule), rule.anonymous().orElse(ofAll)))
            .toList(),
        ofAll);
  }

  /**
   * The channels that an entry of {@code channel_rules} is about.
   *
   * @throws ConfigException if a pattern is none
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

  /** Whether a rule names this channel in full, and lets it be read. */
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
