-- The replay at work: which tables (by their identity) take the place of the standing ones, and since when (seconds since 1970). An empty list: none.
CREATE TABLE IF NOT EXISTS lake_replays {{cluster}}
(
  name    String,
  fresh   Array(String),
  since   UInt64,
  version UInt64
)
ENGINE = {{replacing:version}}
ORDER BY name;
