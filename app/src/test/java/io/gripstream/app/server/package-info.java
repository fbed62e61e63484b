@NullMarked
package io.gripstream.app.server;

import org.jspecify.annotations.NullMarked;
