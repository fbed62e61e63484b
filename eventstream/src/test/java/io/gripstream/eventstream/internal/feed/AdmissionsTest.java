package io.gripstream.eventstream.internal.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.Grants;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.EventStore;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which streams are granted, and where they begin. */
class AdmissionsTest {
  private final EventStore store = EventStores.memory();
  private final History history = new History(store);

  /** Ann may not read "secret"; "fleeting" has no history; "own-…" depends on the user. */
  private final ChannelManager manager = new ChannelManager() {
    @Override
    public boolean canRead(@Nullable String user, String channel) {
      return !channel.equals("secret");
    }

    @Override
    public boolean isPersonal(@Nullable String user, String channel) {
      return channel.startsWith("own-");
    }
  };

  private final Function<String, ChannelRules> rules = channel -> channel.equals("fleeting")
      ? ChannelRules.DEFAULT.unreliable()
      : channel.equals("members") ? ChannelRules.DEFAULT.withoutAnonymous() : ChannelRules.DEFAULT;

  private final Grants grants = new Grants() {
    @Override
    public @Nullable String of(StreamRequest request) {
      return null;
    }

    @Override
    public boolean holds(String grant, String channel) {
      return grant.equals("key-1");
    }
  };

  private final Admissions admissions = new Admissions(manager, rules, grants, history, true, 3);

  @BeforeEach
  void start() {
    store.start();
    store.append(Draft.of("a", "message", "1")).join();
    store.append(Draft.of("a", "message", "2")).join();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void stream_has_its_channels_sorted_once_and_by_kind() {
    assertThat(admit(null, "b", "fleeting", "a", "b"))
        .asInstanceOf(type(Admission.Granted.class))
        .satisfies(granted -> {
          assertThat(granted.subscription().reliable()).containsExactly("a", "b");
          assertThat(granted.subscription().unreliable()).containsExactly("fleeting");
          assertThat(granted.subscription().isPersonal()).isFalse();
          assertThat(granted.start().position()).isEqualTo(at(2, 0));
          assertThat(granted.start().isNew()).isTrue();
        });
  }

  @Test
  void stream_with_one_personal_channel_is_personal() {
    assertThat(admit(null, "a", "own-ann"))
        .asInstanceOf(type(Admission.Granted.class))
        .matches(granted -> granted.subscription().isPersonal());
  }

  @Test
  void channel_without_anonymous_readers_wants_a_user_also_later() {
    assertThat(admissions.admit(request(null, "members"), channel -> true))
        .asInstanceOf(type(Admission.Refused.class))
        .extracting(Admission.Refused::condition)
        .isEqualTo(Condition.FORBIDDEN);
    assertThat(admissions.refusal(List.of("members"), null, null)).isPresent();
    assertThat(admissions.refusal(List.of("members"), "ann", null)).isEmpty();
  }

  @Test
  void without_storage_no_channel_is_reliable() {
    Admissions unstored = new Admissions(manager, rules, grants, new History(null), false, 3);

    assertThat(unstored.admit(request(null, "a"), channel -> true))
        .asInstanceOf(type(Admission.Granted.class))
        .satisfies(granted -> {
          assertThat(granted.subscription().unreliable()).containsExactly("a");
          assertThat(granted.start().position().isEmpty()).isTrue();
        });
  }

  @Test
  void request_that_makes_no_sense_is_a_bad_request() {
    assertBadRequest(admit(null), "No channels specified.");
    assertBadRequest(admit(null, "a", "b", "c", "d"), "Channel limit exceeded.");
    assertBadRequest(admit(null, "a", ""), "channel name is empty.");
    assertBadRequest(admit("a:x", "a"), "Failed to parse Last-Event-ID or lastEventId.");
    assertBadRequest(admit("?", "a"), "Failed to parse Last-Event-ID or lastEventId.");
  }

  @Test
  void position_that_would_be_too_long_to_bring_back_is_a_bad_request() {
    Admissions wide = new Admissions(manager, rules, grants, history, true, 19);
    String[] long19 =
        IntStream.range(0, 19).mapToObj(i -> "n".repeat(200) + i).toArray(String[]::new);

    assertThat(wide.admit(request(null, long19), channel -> true))
        .asInstanceOf(type(Admission.Refused.class))
        .extracting(Admission.Refused::text)
        .asString()
        .contains("longer than 2000 bytes");
  }

  @Test
  void all_channels_that_are_not_allowed_are_named() {
    assertThat(admissions.admit(request(null, "secret", "a", "b"), channel -> !channel.equals("b")))
        .isEqualTo(new Admission.Refused(
            Condition.FORBIDDEN,
            "Permission denied to channels: b, secret",
            List.of("b", "secret")));
  }

  @Test
  void client_that_returns_after_a_final_error_gets_no_stream() {
    assertThat(admit("error", "a")).isInstanceOf(Admission.NotAgain.class);
  }

  @Test
  void stream_ends_when_its_grant_is_gone() {
    assertThat(admissions.refusal(List.of("a"), "ann", "key-1")).isEmpty();
    assertThat(admissions.refusal(List.of("a"), "ann", "key-2"))
        .map(Admission.Refused::condition)
        .contains(Condition.TOKEN_EXPIRED);
    assertThat(admissions.refusal(List.of("a", "secret"), "ann", "key-1"))
        .map(Admission.Refused::channels)
        .contains(List.of("secret"));
  }

  private Admission admit(@Nullable String lastEventId, String... channels) {
    return admissions.admit(request(lastEventId, channels), channel -> true);
  }

  private static ReadRequest request(@Nullable String lastEventId, String... channels) {
    return new ReadRequest(List.of(channels), null, null, null, lastEventId);
  }

  private Position at(long a, long b) {
    return Position.of(Map.of("a", a, "b", b), store.epoch());
  }

  private static void assertBadRequest(Admission admission, String text) {
    assertThat(admission)
        .isEqualTo(
            new Admission.Refused(Condition.BAD_REQUEST, "Invalid request: " + text, List.of()));
  }
}
