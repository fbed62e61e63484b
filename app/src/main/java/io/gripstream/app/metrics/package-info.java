/** The metrics of the server, for Prometheus. */
@NullMarked
package io.gripstream.app.metrics;

import org.jspecify.annotations.NullMarked;
