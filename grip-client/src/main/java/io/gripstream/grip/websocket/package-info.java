/**
 * WebSocket-over-HTTP (<a
 * href="https://pushpin.org/docs/protocols/websocket-over-http/">specification</a>): the proxy
 * holds the WebSocket and brings its events in ordinary requests.
 *
 * <p>One request is in progress per connection. A request may come twice if the connection between
 * proxy and origin breaks, so handlers of messages should be idempotent.
 */
@NullMarked
package io.gripstream.grip.websocket;

import org.jspecify.annotations.NullMarked;
