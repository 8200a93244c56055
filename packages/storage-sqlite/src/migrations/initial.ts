import type { Migration } from "./migration.ts";

/**
 * The tenant leads every key, so that whatever one tenant reads lies together and can't meet another's.
 *
 * - `item.value` and `event.data` stand last: what is read without them never touches their overflow pages.
 * - `item.lease_extended` is the log's head when the present lease was last extended, which no line tells of: what a copy
 *   catches up by.
 * - `edge` has one row for each target of an item, `ready` one for each topic of an item that can be claimed.
 * - `usage` has what each agent owns, for tenants that were ever written to under limits on agents: `tenant.has_usage`.
 * - `allowance` has what is left of rates, the tenant's own under no name; nothing where none is limited.
 * - `tenant.loading` tells where the copying of a tenant into this file stands; null: it is complete.
 * - `subscription` is what holds now, `past_subscription` what held before, down to the log's floor: reading who
 *   is subscribed costs the same however often that has changed.
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
  head_mark INTEGER NOT NULL,
  floor INTEGER NOT NULL,
  floor_mark INTEGER NOT NULL,
  floor_entries INTEGER NOT NULL,
  history_floor INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  removed_event_position INTEGER NOT NULL,
  removed_event_idx INTEGER NOT NULL,
  removed_event_mark INTEGER NOT NULL,
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
  stage TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER,
  attempts INTEGER NOT NULL,
  ready_at INTEGER,
  queue_order INTEGER NOT NULL,
  lease_holder TEXT,
  lease_position INTEGER,
  lease_mark INTEGER,
  lease_until INTEGER,
  lease_extended INTEGER,
  value TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX syntha_item_key ON syntha_item (tenant, key);
CREATE INDEX syntha_item_expiry ON syntha_item (tenant, expires_at, key) WHERE expires_at IS NOT NULL;
CREATE INDEX syntha_item_extended ON syntha_item (tenant, lease_extended) WHERE lease_extended IS NOT NULL;

CREATE TABLE syntha_edge (
  tenant INTEGER NOT NULL,
  target TEXT NOT NULL,
  key TEXT NOT NULL,
  item INTEGER NOT NULL,
  PRIMARY KEY (tenant, target, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_ready (
  tenant INTEGER NOT NULL,
  topic TEXT NOT NULL,
  ready_at INTEGER NOT NULL,
  queue_order INTEGER NOT NULL,
  item INTEGER NOT NULL,
  PRIMARY KEY (tenant, topic, ready_at, queue_order, item)
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

CREATE TABLE syntha_permission (
  tenant INTEGER NOT NULL,
  agent TEXT NOT NULL,
  permissions TEXT NOT NULL,
  PRIMARY KEY (tenant, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_usage (
  tenant INTEGER NOT NULL,
  agent TEXT NOT NULL,
  items INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (tenant, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE syntha_allowance (
  tenant INTEGER NOT NULL,
  agent TEXT NOT NULL,
  rest INTEGER NOT NULL,
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
  PRIMARY KEY (tenant, position, idx)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX syntha_event_id ON syntha_event (tenant, id);
CREATE INDEX syntha_event_type ON syntha_event (tenant, type, position, idx);

CREATE TABLE syntha_event_edge (
  tenant INTEGER NOT NULL,
  target TEXT NOT NULL,
  position INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  type TEXT NOT NULL,
  PRIMARY KEY (tenant, target, position, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX syntha_event_edge_type ON syntha_event_edge (tenant, target, type, position, idx);

CREATE TABLE syntha_log (
  tenant INTEGER NOT NULL,
  position INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  mark INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by TEXT,
  type TEXT NOT NULL,
  key TEXT,
  detail TEXT NOT NULL,
  value TEXT,
  PRIMARY KEY (tenant, position, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX syntha_log_key ON syntha_log (tenant, key, position, idx) WHERE key IS NOT NULL;
`,
};
