/** Clients that people really use, connected to our streams. */
@NullMarked
package io.gripstream.eventstream.clients;

import org.jspecify.annotations.NullMarked;
