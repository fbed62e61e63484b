package io.gripstream.eventstream.internal.proxied;

import io.gripstream.grip.GripProxy;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A proxy in front of this application.
 *
 * @param proxy where it takes what is published, and how it signs
 * @param publicUrl where clients reach it; null: unknown
 */
public record Upstream(GripProxy proxy, @Nullable URI publicUrl) {}
