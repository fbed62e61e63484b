package io.gripstream.app.api;

import io.gripstream.testtools.PostgresServer;

/** The same on PostgreSQL. */
class RevocationsOnPostgresIT extends RevocationsTest {
  @Override
  String database() {
    return PostgresServer.shared().newDatabase();
  }
}
