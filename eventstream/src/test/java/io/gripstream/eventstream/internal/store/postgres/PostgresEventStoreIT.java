package io.gripstream.eventstream.internal.store.postgres;

class PostgresEventStoreIT extends PostgresContracts {
  @Override
  String url() {
    return database();
  }

  @Override
  protected String callersUrl() {
    return database();
  }
}
