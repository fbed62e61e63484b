package io.gripstream.eventstream;

/** Which processes check streams when a user's permissions changed. */
public enum PermissionScope {
  /** Every process of this storage, and the proxies of each. */
  EVERY_PROCESS,
  /**
   * This process and its proxies, for applications whose processes each notice the change
   * themselves.
   */
  THIS_PROCESS
}
