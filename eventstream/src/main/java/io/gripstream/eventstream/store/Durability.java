package io.gripstream.eventstream.store;

/** The meaning of "durable" when {@code append} completes. */
public enum Durability {
  /**
   * Survives a power cut: SQLite {@code synchronous=FULL}, PostgreSQL
   * {@code synchronous_commit=on}. The default.
   */
  FULL,
  /**
   * Survives the end of the process. A power cut or a crash of the operating system (PostgreSQL: of
   * the database server) may lose the last moments: SQLite {@code synchronous=NORMAL}, PostgreSQL
   * {@code synchronous_commit=off}. The store stays consistent, but it gives the lost ids a second
   * time. Renew the epoch after such a crash ({@code migrate --restored}).
   */
  RELAXED
}
