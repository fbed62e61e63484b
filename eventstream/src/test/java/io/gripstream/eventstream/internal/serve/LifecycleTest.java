package io.gripstream.eventstream.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LifecycleTest {
  private final List<String> done = new ArrayList<>();

  private Consumer<String> step(String name, int failures) {
    int[] left = {failures};
    return path -> {
      if (left[0]-- > 0) {
        throw new IllegalArgumentException("not yet");
      }
      done.add(name + " " + path);
    };
  }

  private Runnable sending(String name, int failures) {
    Consumer<String> step = step(name, failures);
    return () -> step.accept("");
  }

  @Test
  void step_that_fails_is_tried_again_and_no_step_before_it() {
    Lifecycle lifecycle = new Lifecycle(
        List.of(sending("open", 0), sending("register", 1)),
        List.of(step("listen", 0), step("grant", 1), step("serve", 0)));

    assertThatThrownBy(lifecycle::startSending).hasMessage("not yet");
    assertThat(done).containsExactly("open ");
    assertThatThrownBy(() -> lifecycle.startServing("/events")).hasMessage("not yet");
    lifecycle.startServing("/events");
    lifecycle.startServing("/other");

    assertThat(done)
        .containsExactly("open ", "register ", "listen /events", "grant /events", "serve /events");
  }

  @Test
  void nothing_starts_after_the_end() {
    Lifecycle lifecycle = new Lifecycle(List.of(sending("open", 0)), List.of());
    assertThat(lifecycle.close()).isTrue();
    assertThat(lifecycle.close()).isFalse();

    assertThatThrownBy(lifecycle::startSending).isInstanceOf(IllegalStateException.class);
    assertThat(done).isEmpty();
  }
}
