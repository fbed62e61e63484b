package io.gripstream.eventstream.internal.proxied;

import io.gripstream.grip.GripProxy;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A proxy in front of this application.
 *
 * @param proxy its control endpoint and signature
 * @param publicUrl its address for clients; null: unknown
 */
public record Upstream(GripProxy proxy, @Nullable URI publicUrl) {}
