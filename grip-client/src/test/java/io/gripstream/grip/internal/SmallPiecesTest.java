package io.gripstream.grip.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** {@link Outage} and {@link Futures}. */
class SmallPiecesTest {
  @Test
  void outage_begins_and_ends_once() {
    Outage outage = new Outage();

    assertThat(outage.ends()).isFalse();
    assertThat(outage.begins()).isTrue();
    assertThat(outage.begins()).isFalse();
    assertThat(outage.ends()).isTrue();
    assertThat(outage.ends()).isFalse();
    assertThat(outage.begins()).isTrue();
  }

  @Test
  void failure_that_is_expected_comes_without_a_wrapper() {
    IllegalStateException expected = new IllegalStateException("expected");

    assertThat(Futures.join(CompletableFuture.completedFuture(7), IllegalStateException.class))
        .isEqualTo(7);
    assertThatThrownBy(() ->
            Futures.join(CompletableFuture.failedFuture(expected), IllegalStateException.class))
        .isSameAs(expected);
    assertThatThrownBy(() ->
            Futures.join(CompletableFuture.failedFuture(expected), IllegalArgumentException.class))
        .isInstanceOf(CompletionException.class)
        .hasCause(expected);
  }
}
