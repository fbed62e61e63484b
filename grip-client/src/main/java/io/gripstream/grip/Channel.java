package io.gripstream.grip;

import io.gripstream.grip.internal.WireText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel in a hold: its name, the id of the last item that the client has, and the filters that
 * items pass on their way to the client.
 *
 * <p>A channel with a {@code prevId} is reliable: the proxy delivers only the item that follows it.
 * If one is missing, the proxy asks the origin, through the next link. Every item published to such
 * a channel must name its {@code prevId}. Pushpin accepts at most 20 channels per connection
 * ({@code connection_subscription_max}) and drops the others silently.
 *
 * @param name any text except the empty one. As a header it must be printable ASCII without
 *     {@code ,} and {@code ;}: {@link Instruct#headers()} refuses other names,
 *     {@link Instruct#toJson} accepts them
 * @param prevId id of the last item the client has, or null for a channel without ids
 * @param filters names of filters in the order in which they apply, such as {@link #BUILD_ID}
 */
public record Channel(String name, @Nullable String prevId, List<String> filters) {

  /** Drops an item whose meta {@code sender} is the {@code user} of the instruct's meta. */
  public static final String SKIP_SELF = "skip-self";

  /** Drops an item whose meta {@code skip_users} (a comma list) has the instruct's {@code user}. */
  public static final String SKIP_USERS = "skip-users";

  /**
   * Drops an item whose meta {@code require_sub} names a channel that this client does not read.
   */
  public static final String REQUIRE_SUB = "require-sub";

  /**
   * Replaces {@code %I} in the content by the client's position, written as the meta
   * {@code id_format} says; see {@link IdFormat}.
   */
  public static final String BUILD_ID = "build-id";

  /** Replaces {@code %(name)s} in the content by the instruct's meta of that name. */
  public static final String VAR_SUBST = "var-subst";

  /**
   * @throws IllegalArgumentException if the name or prevId is empty or not Unicode text, or a
   *     filter is not a token
   */
  public Channel {
    WireText.requireName("channel", name);
    if (prevId != null) {
      WireText.requireName("prev-id of channel " + WireText.printable(name), prevId);
    }
    filters = List.copyOf(filters);
    filters.forEach(filter -> WireText.requireToken("filter", filter));
  }

  /** Makes a channel without ids and filters. */
  public static Channel of(String name) {
    return new Channel(name, null, List.of());
  }

  /** Returns the same channel for a client that has every item up to {@code id}. */
  public Channel withPrevId(String id) {
    return new Channel(name, id, filters);
  }

  /** Returns the same channel with one more filter, applied after the others. */
  public Channel withFilter(String filter) {
    var more = new ArrayList<>(filters);
    more.add(filter);
    return new Channel(name, prevId, more);
  }
}
