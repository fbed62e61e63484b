/** Publishing: items, and publishers that send them to the control endpoints of proxies. */
@NullMarked
package io.gripstream.grip.publish;

import org.jspecify.annotations.NullMarked;
