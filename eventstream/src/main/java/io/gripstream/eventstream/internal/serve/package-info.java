/** Not API. The handlers of all endpoints, up to the mode that answers a request. */
@NullMarked
package io.gripstream.eventstream.internal.serve;

import org.jspecify.annotations.NullMarked;
