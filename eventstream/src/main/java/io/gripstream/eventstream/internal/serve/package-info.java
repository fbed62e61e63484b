/** Not API. The handlers of all endpoints: from a request to the mode that answers it. */
@NullMarked
package io.gripstream.eventstream.internal.serve;

import org.jspecify.annotations.NullMarked;
