/**
 * The adapter for Javalin: the plugin, the settings of its Jetty, and its requests. The only
 * package that names Javalin, Jetty or servlets.
 */
@NullMarked
package io.gripstream.eventstream.javalin;

import org.jspecify.annotations.NullMarked;
