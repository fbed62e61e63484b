package io.gripstream.eventstream.store;

/** What "durable" means when {@code append} completes. */
public enum Durability {
  /**
   * Survives a power cut: SQLite {@code synchronous=FULL}, PostgreSQL
   * {@code synchronous_commit=on}. The default.
   */
  FULL,
  /**
   * Survives the end of the process, but a power cut or a crash of the operating system
   * (PostgreSQL: of the database server) may take the last moments with it: SQLite
   * {@code synchronous=NORMAL}, PostgreSQL {@code synchronous_commit=off}. The store stays sound;
   * ids that were told and lost are given a second time, so renew the epoch after such a crash
   * ({@code migrate --restored}).
   */
  RELAXED
}
