@NullMarked
package io.gripstream.app.doctor;

import org.jspecify.annotations.NullMarked;
