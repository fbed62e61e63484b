package io.gripstream.grip.publish;

import java.util.concurrent.CompletableFuture;

/** An item on its way to one proxy: encoded once, and where its outcome goes. */
record Delivery(String channel, byte[] json, long takenNanos, CompletableFuture<Void> outcome) {}
