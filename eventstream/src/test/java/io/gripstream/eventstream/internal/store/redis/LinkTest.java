package io.gripstream.eventstream.internal.store.redis;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an append waits for. Nothing listens at the address. */
class LinkTest {
  private static final List<Object> OK = List.of("OK");

  private final Link link =
      Link.to(RedisAddress.parse("redis://127.0.0.1:1?wait_replicas=1"), Duration.ofSeconds(1));
  private final AtomicInteger waits = new AtomicInteger();

  @AfterEach
  void close() {
    link.close();
  }

  @Test
  void an_answer_that_is_there_at_once_waits_for_replicas_too() {
    assertThatThrownBy(link.whenReplicated(completedFuture(OK), () -> reached(0))::join)
        .hasMessageContaining("only 0 of 1 replicas have it so far");
    assertThat(link.whenReplicated(completedFuture(OK), () -> reached(1)).join())
        .isEqualTo(OK);
    assertThat(waits).hasValue(2);
  }

  @Test
  void an_answer_that_comes_later_waits_for_replicas() {
    CompletableFuture<List<Object>> answer = new CompletableFuture<>();
    CompletableFuture<List<Object>> replicated = link.whenReplicated(answer, () -> reached(0));
    answer.complete(OK);

    assertThatThrownBy(replicated::join).hasMessageContaining("only 0 of 1 replicas");
  }

  @Test
  void a_command_that_could_not_be_sent_waits_for_nothing() {
    CompletableFuture<List<Object>> failed =
        CompletableFuture.failedFuture(new IllegalStateException("not connected"));

    assertThatThrownBy(link.whenReplicated(failed, () -> reached(1))::join)
        .hasMessageContaining("not connected");
    assertThat(waits).hasValue(0);
  }

  private CompletionStage<Long> reached(long replicas) {
    waits.incrementAndGet();
    return completedFuture(replicas);
  }
}
