/** The HTTP API of a running server, for publishers, pages and operators. */
@NullMarked
package io.gripstream.app.api;

import org.jspecify.annotations.NullMarked;
