/** What crosses the GRIP wire, as values: proxies, signatures, requests, instructs. */
@NullMarked
package io.gripstream.grip;

import org.jspecify.annotations.NullMarked;
