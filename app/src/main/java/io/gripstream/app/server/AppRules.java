package io.gripstream.app.server;

import io.gripstream.app.auth.AnonymousAccess;
import io.gripstream.app.auth.ChannelPattern;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.ChannelRules;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * The rules of a channel by {@code channel_rules}: the first entry that names it. They are the same
 * for processes that serve and that only send. They have no rule about readers: the event stream
 * would take a server with an API key for an anonymous caller.
 */
final class AppRules implements Function<String, ChannelRules> {
  private record Rule(List<ChannelPattern> channels, ChannelRules rules) {}

  private final List<Rule> rules;

  /** @throws ConfigException if a pattern is invalid */
  AppRules(List<Settings.ChannelRule> rules) {
    this.rules = rules.stream()
        .map(rule -> new Rule(AnonymousAccess.patterns(rule), rules(rule)))
        .toList();
  }

  private static ChannelRules rules(Settings.ChannelRule rule) {
    ChannelRules rules = ChannelRules.DEFAULT;
    if (!rule.reliable().orElse(true)) {
      rules = rules.unreliable();
    }
    if (rule.historyTtl().isPresent()) {
      rules = rules.withHistoryTtl(rule.historyTtl().get());
    }
    OptionalInt size = rule.historySize();
    if (size.isPresent()) {
      rules = rules.withHistorySize(size.getAsInt());
    }
    OptionalInt rewind = rule.rewind();
    return rewind.isPresent() ? rules.withRewind(rewind.getAsInt()) : rules;
  }

  @Override
  public ChannelRules apply(String channel) {
    if (channel.equals(AppChannels.PROBE)) {
      return ChannelRules.DEFAULT.unreliable();
    }
    Optional<Rule> first = rules.stream()
        .filter(rule -> ChannelPattern.anyMatches(rule.channels, channel))
        .findFirst();
    return first.map(Rule::rules).orElse(ChannelRules.DEFAULT);
  }
}
