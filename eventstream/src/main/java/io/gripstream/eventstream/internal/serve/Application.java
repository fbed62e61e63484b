package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.Grants;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.StreamRequest;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the application says about stream requests, and what it wants to know of them.
 *
 * @param user whose request it is; null: anonymous
 * @param expiry until when it may be served; null: no limit
 */
public record Application(
    ChannelManager manager,
    Function<StreamRequest, @Nullable String> user,
    Function<StreamRequest, @Nullable Instant> expiry,
    Grants grants,
    Cors cors,
    StreamMetrics metrics) {}
