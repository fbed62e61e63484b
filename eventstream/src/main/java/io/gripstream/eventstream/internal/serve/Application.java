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
 * The application's answers about stream requests, and its metrics.
 *
 * @param user the user of a request; null: anonymous
 * @param expiry the time until which a request may be served; null: no limit
 */
public record Application(
    ChannelManager manager,
    Function<StreamRequest, @Nullable String> user,
    Function<StreamRequest, @Nullable Instant> expiry,
    Grants grants,
    Cors cors,
    StreamMetrics metrics) {}
