package io.gripstream.grip.publish;

import java.util.concurrent.CompletableFuture;

/** An item on its way to one proxy: its encoded bytes, and the future of its outcome. */
record Delivery(String channel, byte[] json, long takenNanos, CompletableFuture<Void> outcome) {}
