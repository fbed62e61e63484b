package io.gripstream.eventstream.internal.store.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GrantRulesTest {
  private static final long START = 1_000_000_000_000L;
  private static final long HOUR = Duration.ofHours(1).toMillis();

  @Test
  void rules_are_new_for_an_hour() {
    GrantRules first = GrantRules.after(null, "a", START);
    GrantRules again = GrantRules.after(first, "a", START + HOUR);

    assertThat(first.areNew(START + HOUR - 1)).isTrue();
    assertThat(again.areNew(START + HOUR)).isFalse();
    assertThat(GrantRules.after(again, "b", START + 2 * HOUR).areNew(START + 2 * HOUR))
        .isTrue();
  }

  @Test
  void rules_that_come_back_are_new_again() {
    GrantRules other = GrantRules.after(GrantRules.after(null, "a", START), "b", START + 2 * HOUR);

    assertThat(GrantRules.after(other, "a", START + 4 * HOUR).areNew(START + 4 * HOUR))
        .isTrue();
  }

  @Test
  void noted_values_are_read_again() {
    GrantRules rules = new GrantRules("a b", START);

    assertThat(GrantRules.parse(rules.toString())).isEqualTo(rules);
    assertThat(GrantRules.parse(null)).isNull();
    assertThat(GrantRules.parse("nonsense")).isNull();
  }
}
