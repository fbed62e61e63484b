@NullMarked
package io.gripstream.app.auth;

import org.jspecify.annotations.NullMarked;
