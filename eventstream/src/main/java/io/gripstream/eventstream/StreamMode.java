package io.gripstream.eventstream;

/**
 * Which program holds a stream's connection. Values may be added: let a {@code switch} have a
 * default branch.
 */
public enum StreamMode {
  /** This process, or another one of the application. */
  DIRECT,

  /** A GRIP proxy. */
  PROXIED
}
