/** Callers: which user or server makes a request, and what it may do. */
@NullMarked
package io.gripstream.app.auth;

import org.jspecify.annotations.NullMarked;
