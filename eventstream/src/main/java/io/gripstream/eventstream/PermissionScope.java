package io.gripstream.eventstream;

/** Where streams are looked after when a user's permissions changed. */
public enum PermissionScope {
  /** In every process of this storage, and through the proxies of each. */
  EVERY_PROCESS,
  /**
   * In this process and through its proxies: for an application whose processes each see the change
   * by themselves.
   */
  THIS_PROCESS
}
