/**
 * Requests and texts of strangers, made by a fuzzer: parsers refuse it in their own words, and a
 * running server answers it. {@code scripts/fuzz} makes new inputs; {@code src/test/fuzz} has the
 * ones to begin with, and each one that once failed.
 */
package io.gripstream.app.fuzz;
