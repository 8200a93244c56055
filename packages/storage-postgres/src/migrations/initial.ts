import type { Migration } from "./migration.ts";

/**
 * Every key starts with the tenant, so that the rows of a tenant are stored together and apart from those of others.
 * Names are ordered by their bytes, which is the order of their code points.
 *
 * - `tenant` has the row that every write locks; half of each page stays free for its next version. While the tenant is
 *   being loaded or dropped, `loading` is set and hides it.
 * - `item.task` is null unless the item has a priority, a delay, dependencies or a failure, so that others cost nothing.
 * - `item.unlogged_at` is the log's head when the row last changed without a log entry: an extended lease or a dependency
 *   that was satisfied. A copy that catches up reads such changes here.
 * - `item_audience` has a row for each audience bucket of an item, `queue` one for each topic and each subscriber of an
 *   item that can be claimed, by descending priority: `rank`.
 * - `item_dependency` has the dependencies that are still pending.
 * - `agent` has the permissions, the card and the number of subscriptions of an agent, and when it was seen. A row that
 *   has none of them left stays.
 * - `subscription` has the current subscriptions, `past_subscription` those that ended after the log's floor: reading
 *   the subscribers costs the same however often they change.
 * - `usage` has what each agent owns, once the tenant was written to under limits per agent: `tenant.has_usage`.
 * - `rate` has what remains of rate limits, the tenant's own under an empty name.
 */
export const initial: Migration = {
  version: 1,
  breaking: true,
  sql: (schema) => `
CREATE TABLE ${schema}.tenant (
  name text COLLATE "C" PRIMARY KEY,
  epoch text NOT NULL,
  head bigint NOT NULL,
  head_commit_id bigint NOT NULL,
  floor bigint NOT NULL DEFAULT 0,
  floor_commit_id bigint NOT NULL DEFAULT 0,
  floor_entries bigint NOT NULL DEFAULT 0,
  history_floor bigint NOT NULL DEFAULT 0,
  removed_event_position bigint,
  removed_event_idx bigint,
  removed_event_fingerprint bigint,
  now bigint NOT NULL,
  items bigint NOT NULL,
  bytes bigint NOT NULL,
  has_usage boolean NOT NULL DEFAULT false,
  globals bigint NOT NULL,
  events bigint NOT NULL,
  agents bigint NOT NULL,
  topics bigint NOT NULL,
  log_entries bigint NOT NULL,
  loading text
) WITH (fillfactor = 50);

CREATE TABLE ${schema}.item (
  tenant text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  topics text[] NOT NULL,
  subscribers text[] NOT NULL,
  global boolean NOT NULL,
  owner text,
  author text,
  revision bigint NOT NULL,
  state text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  expires_at bigint,
  attempts bigint NOT NULL,
  ready_at bigint,
  queue_order bigint NOT NULL,
  lease_holder text COLLATE "C",
  lease_position bigint,
  lease_id bigint,
  lease_until bigint,
  task text,
  unlogged_at bigint,
  value text NOT NULL,
  PRIMARY KEY (tenant, key)
) WITH (fillfactor = 85);
CREATE INDEX item_expiry ON ${schema}.item (tenant, expires_at, key) WHERE expires_at IS NOT NULL;
CREATE INDEX item_unlogged ON ${schema}.item (tenant, unlogged_at) WHERE unlogged_at IS NOT NULL;
CREATE INDEX item_lease ON ${schema}.item (tenant, lease_holder, lease_until) WHERE lease_holder IS NOT NULL;
CREATE INDEX item_claimed ON ${schema}.item (tenant, key) WHERE lease_id IS NOT NULL;
CREATE INDEX item_closed ON ${schema}.item (tenant, state, key) WHERE state <> 'open';

CREATE TABLE ${schema}.item_audience (
  tenant text COLLATE "C" NOT NULL,
  bucket text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, bucket, key)
);

CREATE TABLE ${schema}.item_dependency (
  tenant text COLLATE "C" NOT NULL,
  dependency text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, dependency, key)
);

CREATE TABLE ${schema}.queue (
  tenant text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  rank bigint NOT NULL,
  ready_at bigint NOT NULL,
  queue_order bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, queue, rank, ready_at, queue_order, key)
);

CREATE TABLE ${schema}.topic (
  tenant text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  subscribers bigint NOT NULL,
  items bigint NOT NULL,
  PRIMARY KEY (tenant, name)
) WITH (fillfactor = 50);

CREATE TABLE ${schema}.agent (
  tenant text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  subscriptions bigint NOT NULL,
  permissions text,
  card text,
  first_seen bigint,
  last_seen bigint,
  PRIMARY KEY (tenant, name)
) WITH (fillfactor = 50);

CREATE TABLE ${schema}.subscription (
  tenant text COLLATE "C" NOT NULL,
  agent text COLLATE "C" NOT NULL,
  topic text COLLATE "C" NOT NULL,
  from_position bigint NOT NULL,
  PRIMARY KEY (tenant, agent, topic)
);
CREATE INDEX subscription_topic ON ${schema}.subscription (tenant, topic, agent);

CREATE TABLE ${schema}.past_subscription (
  tenant text COLLATE "C" NOT NULL,
  agent text COLLATE "C" NOT NULL,
  until_position bigint NOT NULL,
  topic text COLLATE "C" NOT NULL,
  from_position bigint NOT NULL,
  PRIMARY KEY (tenant, agent, until_position, topic)
);
CREATE INDEX past_subscription_end ON ${schema}.past_subscription (tenant, until_position);

CREATE TABLE ${schema}.usage (
  tenant text COLLATE "C" NOT NULL,
  agent text COLLATE "C" NOT NULL,
  items bigint NOT NULL,
  bytes bigint NOT NULL,
  PRIMARY KEY (tenant, agent)
) WITH (fillfactor = 50);

CREATE TABLE ${schema}.rate (
  tenant text COLLATE "C" NOT NULL,
  agent text COLLATE "C" NOT NULL,
  remaining bigint NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (tenant, agent)
) WITH (fillfactor = 50);

CREATE TABLE ${schema}.event (
  tenant text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  idx bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  topics text[] NOT NULL,
  subscribers text[] NOT NULL,
  global boolean NOT NULL,
  owner text,
  at bigint NOT NULL,
  data text NOT NULL,
  PRIMARY KEY (tenant, position, idx)
);
CREATE UNIQUE INDEX event_id ON ${schema}.event (tenant, id);
CREATE INDEX event_type ON ${schema}.event (tenant, type, position, idx);

CREATE TABLE ${schema}.event_audience (
  tenant text COLLATE "C" NOT NULL,
  bucket text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  idx bigint NOT NULL,
  type text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, bucket, position, idx)
);
CREATE INDEX event_audience_type ON ${schema}.event_audience (tenant, bucket, type, position, idx);

CREATE TABLE ${schema}.log (
  tenant text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  idx bigint NOT NULL,
  commit_id bigint NOT NULL,
  at bigint NOT NULL,
  actor text,
  type text NOT NULL,
  key text COLLATE "C",
  detail text NOT NULL,
  value text,
  PRIMARY KEY (tenant, position, idx)
);
CREATE INDEX log_key ON ${schema}.log (tenant, key, position, idx) WHERE key IS NOT NULL;
`,
};
