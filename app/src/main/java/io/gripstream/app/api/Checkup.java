package io.gripstream.app.api;

import java.util.function.Consumer;

/** The checks of {@code gripstream doctor}, for the console. */
public interface Checkup {
  /** Checks nothing. */
  Checkup NONE = (isThorough, each) -> {};

  /**
   * Runs the checks and reports each result at once. Blocks, for up to half a minute.
   *
   * @param isThorough all checks; otherwise only whether proxies answer, which takes moments
   */
  void run(boolean isThorough, Consumer<Result> each) throws InterruptedException;

  /**
   * One result.
   *
   * @param level {@code ok}, {@code note} or {@code fail}
   * @param subject the subject of the check, in a word or two
   * @param text the observation, and the advice
   */
  record Result(String level, String subject, String text) {}
}
