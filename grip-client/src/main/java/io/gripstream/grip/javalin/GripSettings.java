package io.gripstream.grip.javalin;

import io.gripstream.grip.ProxyTrust;
import io.gripstream.grip.publish.Publisher;
import io.javalin.config.Key;

/** What the plugin leaves for handlers to find. */
record GripSettings(GripConfig config, ProxyTrust trust, Publisher publisher) {

  static final Key<GripSettings> KEY = new Key<>("io.gripstream.grip");
}
