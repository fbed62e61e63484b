package io.gripstream.grip.javalin;

import io.gripstream.grip.ProxyTrust;
import io.gripstream.grip.publish.Publisher;
import io.javalin.config.Key;

/** The plugin's data, for handlers. */
record GripSettings(GripConfig config, ProxyTrust trust, Publisher publisher) {

  static final Key<GripSettings> KEY = new Key<>("io.gripstream.grip");
}
