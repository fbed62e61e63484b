/** The HTTP API: what publishers, pages and operators ask of a running server. */
@NullMarked
package io.gripstream.app.api;

import org.jspecify.annotations.NullMarked;
