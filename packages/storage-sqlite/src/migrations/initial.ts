import type { Migration } from "./migration.ts";

/**
 * The tenant is the first column of every key: the rows of one tenant are adjacent, and never mix with another's.
 *
 * - `item.value`, `event.data` and `log.value` are the last columns: a query that does not select them reads no overflow
 *   page. These tables have rowids: in a table without, a row of more than a quarter of a page has an overflow page of its
 *   own, so a value of 1,000 bytes would take 4,096 (https://www.sqlite.org/fileformat2.html#b_tree_pages).
 * - `item.task` is null for an item without priority, delay, dependencies and failure.
 * - `item.unlogged_at` is the head of the log when the row last changed without a log entry: its lease was extended, or a
 *   dependency satisfied. A copy of the tenant finds these rows by it.
 * - `item_audience` has one row per audience bucket of an item, `queue` one per topic and per named subscriber of an item
 *   that can be claimed. `queue.rank` is the negative priority, so that the highest priority comes first.
 * - `item_dependency` has one row per dependency that an item has pending.
 * - `agent` has permissions and cards, and when each agent was seen: `first_seen` is null for one that is not known.
 * - `usage` has what each agent owns, once a tenant was written to under limits on agents: `tenant.has_usage`.
 * - `rate` has what remains of each rate limit; the agent of the tenant's own limit is empty.
 * - `tenant.loading` is the progress of a copy into this file; null once the tenant is complete.
 * - `subscription` has current subscriptions, `past_subscription` ended ones down to the log's floor: reading the
 *   subscribers costs the same however often they have changed.
 */
export const initial: Migration = {
  version: 1,
  breaking: true,
  sql: `
CREATE TABLE syntha_tenant (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  loading TEXT,
  epoch TEXT NOT NULL,
  head INTEGER NOT NULL,
  head_commit_id INTEGER NOT NULL,
  floor INTEGER NOT NULL,
  floor_commit_id INTEGER NOT NULL,
  floor_entries INTEGER NOT NULL,
  history_floor INTEGER NOT NULL,
  log_entries INTEGER NOT NULL,
  removed_event_position INTEGER NOT NULL,
  removed_event_idx INTEGER NOT NULL,
  removed_event_fingerprint INTEGER NOT NULL,
  now INTEGER NOT NULL,
  items INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  has_usage INTEGER NOT NULL DEFAULT 0,
  globals INTEGER NOT NULL,
  events INTEGER NOT NULL,
  agents INTEGER NOT NULL,
  topics INTEGER NOT NULL
) STRICT;

CREATE TABLE syntha_item (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  key TEXT NOT NULL,
  route TEXT NOT NULL,
  owner TEXT,
  author TEXT,
  revision INTEGER NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER,
  attempts INTEGER NOT NULL,
  ready_at INTEGER,
  queue_order INTEGER NOT NULL,
  lease_holder TEXT,
  lease_position INTEGER,
  lease_id INTEGER,
  lease_until INTEGER,
  unlogged_at INTEGER,
  task TEXT,
  value TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX syntha_item_key ON syntha_item (tenant, key);
CREATE INDEX syntha_item_expiry ON syntha_item (tenant, expires_at, key) WHERE expires_at IS NOT NULL;
CREATE INDEX syntha_item_unlogged ON syntha_item (tenant, unlogged_at) WHERE unlogged_at IS NOT NULL;
CREATE INDEX syntha_item_lease ON syntha_item (tenant, lease_holder, lease_until) WHERE lease_holder IS NOT NULL;
CREATE INDEX syntha_item_claimed ON syntha_item (tenant, key) WHERE lease_id IS NOT NULL;
CREATE INDEX syntha_item_closed ON syntha_item (tenant, state, key) WHERE state <> 'open';

CREATE TABLE syntha_item_audience (
  tenant INTEGER NOT NULL,
  bucket TEXT NOT NULL,
  key TEXT NOT NULL,
  item INTEGER NOT NULL,
  PRIMARY KEY (tenant, bucket, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_queue (
  tenant INTEGER NOT NULL,
  queue TEXT NOT NULL,
  rank INTEGER NOT NULL,
  ready_at INTEGER NOT NULL,
  queue_order INTEGER NOT NULL,
  item INTEGER NOT NULL,
  PRIMARY KEY (tenant, queue, rank, ready_at, queue_order, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_item_dependency (
  tenant INTEGER NOT NULL,
  dependency TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (tenant, dependency, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_topic (
  tenant INTEGER NOT NULL,
  name TEXT NOT NULL,
  subscribers INTEGER NOT NULL,
  items INTEGER NOT NULL,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_subscription (
  tenant INTEGER NOT NULL,
  agent TEXT NOT NULL,
  topic TEXT NOT NULL,
  from_position INTEGER NOT NULL,
  PRIMARY KEY (tenant, agent, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX syntha_subscription_topic ON syntha_subscription (tenant, topic, agent);

CREATE TABLE syntha_past_subscription (
  tenant INTEGER NOT NULL,
  agent TEXT NOT NULL,
  until_position INTEGER NOT NULL,
  topic TEXT NOT NULL,
  from_position INTEGER NOT NULL,
  PRIMARY KEY (tenant, agent, until_position, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX syntha_past_subscription_end ON syntha_past_subscription (tenant, until_position);

CREATE TABLE syntha_agent (
  tenant INTEGER NOT NULL,
  name TEXT NOT NULL,
  permissions TEXT,
  card TEXT,
  first_seen INTEGER,
  last_seen INTEGER,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_usage (
  tenant INTEGER NOT NULL,
  agent TEXT NOT NULL,
  items INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (tenant, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_rate (
  tenant INTEGER NOT NULL,
  agent TEXT NOT NULL,
  remaining INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_event (
  tenant INTEGER NOT NULL,
  position INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  route TEXT NOT NULL,
  owner TEXT,
  at INTEGER NOT NULL,
  data TEXT NOT NULL,
  UNIQUE (tenant, position, idx)
) STRICT;
CREATE UNIQUE INDEX syntha_event_id ON syntha_event (tenant, id);
CREATE INDEX syntha_event_type ON syntha_event (tenant, type, position, idx);

CREATE TABLE syntha_event_audience (
  tenant INTEGER NOT NULL,
  bucket TEXT NOT NULL,
  position INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  type TEXT NOT NULL,
  PRIMARY KEY (tenant, bucket, position, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX syntha_event_audience_type ON syntha_event_audience (tenant, bucket, type, position, idx);

CREATE TABLE syntha_log (
  tenant INTEGER NOT NULL,
  position INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  commit_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT,
  type TEXT NOT NULL,
  key TEXT,
  detail TEXT NOT NULL,
  value TEXT,
  UNIQUE (tenant, position, idx)
) STRICT;
CREATE INDEX syntha_log_key ON syntha_log (tenant, key, position, idx) WHERE key IS NOT NULL;
`,
};
