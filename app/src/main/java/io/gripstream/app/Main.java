package io.gripstream.app;

/** The server and its command line. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {}
}
