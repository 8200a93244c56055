import { SynthaError } from "@syntha/core";
import {
  type AgentPage,
  type AgentQuery,
  type Commit,
  type CompactRequest,
  type CompactResult,
  type Counts,
  type Decide,
  type DropRequest,
  type DropResult,
  type DumpPage,
  type DumpRequest,
  type EventPage,
  type EventQuery,
  type ItemPage,
  type ItemQuery,
  FULL_SUPPORT,
  type ItemRow,
  type LoadRequest,
  type LoadResult,
  type LogPage,
  type LogQuery,
  type Outcome,
  pageOf,
  type Actor,
  type Snapshot,
  type Storage,
  type TenantPage,
  type TenantQuery,
  type TopicPage,
  type TopicQuery,
} from "@syntha/core/storage";
import { CommitNotifier } from "./notifications/commit-notifier.ts";
import { checkServer } from "./connection/check-server.ts";
import { Connections } from "./connection/connections.ts";
import { type Answer, type Call, call } from "./connection/statement.ts";
import { checkMigrated, migrate } from "./migrations/migrate.ts";
import type { PostgresStorageOptions } from "./options.ts";
import { type Settings, toSettings } from "./settings.ts";
import { agents, agentsCalls } from "./reads/agents.ts";
import { dump } from "./reads/dump.ts";
import { events, eventsCalls } from "./reads/events.ts";
import { Get } from "./reads/get.ts";
import { list, listCalls, listSql } from "./reads/list.ts";
import { log, logCalls } from "./reads/log.ts";
import { stats } from "./reads/stats.ts";
import { topics } from "./reads/topics.ts";
import { TenantSnapshot } from "./reads/tenant-snapshot.ts";
import { checkRowLevelSecurity } from "./connection/check-row-level-security.ts";
import { type Tables, tablesOf } from "./tables/index.ts";
import { InFlightCounter } from "./connection/in-flight-counter.ts";
import { commit, type Committed } from "./writes/commit.ts";
import { compact } from "./writes/compact.ts";
import { drop } from "./writes/drop.ts";
import { load } from "./writes/load.ts";
import { KeyedQueue } from "./writes/keyed-queue.ts";

/** Meshes in a PostgreSQL database, which processes on several machines can share. */
export class PostgresStorage implements Storage {
  readonly traits: Storage["traits"];
  readonly supports = FULL_SUPPORT;
  readonly #settings: Settings;
  readonly #tables: Tables;
  readonly #listSql;
  readonly #connections: Connections;
  readonly #get: Get;
  readonly #notifier: CommitNotifier;
  /** Commits to each tenant. */
  readonly #commitQueue: KeyedQueue;
  readonly #inFlight = new InFlightCounter();
  #isOpen = false;
  /** Openings and closings, one after the other. */
  #lifecycle: Promise<void> = Promise.resolve();

  constructor(options: PostgresStorageOptions) {
    this.#settings = toSettings(options);
    const { schema, clock, durability, busyMs } = this.#settings;
    this.#commitQueue = new KeyedQueue(busyMs);
    this.traits = { durability, system: "postgresql" };
    this.#tables = tablesOf(schema);
    this.#listSql = listSql(schema);
    this.#connections = new Connections(this.#settings);
    this.#get = new Get(this.#connections, schema, clock);
    this.#notifier = new CommitNotifier(this.#connections, this.#tables, this.#settings);
  }

  open(): Promise<void> {
    return this.#afterLifecycle(async () => {
      if (!this.#connections.isOpen) await this.#connect();
      this.#isOpen = true;
    });
  }

  close(): Promise<void> {
    // At once, so that nothing new comes in; what is under way goes on.
    this.#isOpen = false;
    return this.#afterLifecycle(async () => {
      this.#isOpen = false;
      await this.#inFlight.idle();
      await this.#notifier.stop();
      await this.#connections.close();
    });
  }

  async commit(
    tenant: string,
    commits: readonly Commit[],
    decide: Decide,
  ): Promise<readonly Outcome[]> {
    this.#checkOpen();
    const { clock, busyMs } = this.#settings;
    const commitAll = (): Promise<Committed> =>
      commit(this.#connections, this.#tables, tenant, commits, decide, clock, busyMs);
    return this.#inFlight.count(async () => {
      const { outcomes, changed } = await this.#commitQueue.run(tenant, commitAll);
      if (changed) this.#notifier.notify(tenant);
      return outcomes;
    });
  }

  async get(
    tenant: string,
    as: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { readonly items: readonly (ItemRow | undefined)[] }> {
    this.#checkOpen();
    return this.#inFlight.count(() => this.#get.read(tenant, as, keys));
  }

  list(tenant: string, query: ItemQuery): Promise<ItemPage> {
    const calls = listCalls(this.#tables, tenant, query);
    return this.#readSnapshot(tenant, calls, (view, answers) =>
      list(this.#listSql, view, query, answers),
    );
  }

  events(tenant: string, query: EventQuery): Promise<EventPage> {
    const calls = eventsCalls(this.#tables, tenant, query);
    return this.#readSnapshot(tenant, calls, (view, answers) => events(view, query, answers));
  }

  agents(tenant: string, query: AgentQuery): Promise<AgentPage> {
    const calls = agentsCalls(this.#tables, tenant, query);
    return this.#readSnapshot(tenant, calls, (view, answers) => agents(view, query, answers));
  }

  topics(tenant: string, query: TopicQuery): Promise<TopicPage> {
    return this.#readSnapshot(tenant, [], (view) => topics(view, query));
  }

  stats(tenant: string): Promise<Snapshot & Counts> {
    return this.#readSnapshot(tenant, [], stats);
  }

  log(tenant: string, query: LogQuery): Promise<LogPage> {
    const calls = logCalls(this.#tables, tenant, query);
    return this.#readSnapshot(tenant, calls, (view, answers) => log(view, query, answers));
  }

  onCommit(tenant: string, ring: () => void): () => void {
    return this.#notifier.onCommit(tenant, ring);
  }

  async listTenants({ after = "", limit }: TenantQuery): Promise<TenantPage> {
    return this.#counted(async () => {
      if (this.#settings.rowLevelSecurity) throw tenantsHidden();
      const names = call(this.#tables.tenants.names, after, limit + 1);
      const { rows } = await this.#connections.read("", names);
      const { page, next } = pageOf(
        rows.map(([name]) => name as string),
        limit,
      );
      return { tenantIds: page, next };
    });
  }

  dropTenant({ tenantId, ifLoading }: DropRequest): Promise<DropResult> {
    return this.#counted(async () => {
      const existed = await drop(this.#connections, this.#tables, tenantId, ifLoading);
      if (existed) this.#notifier.notify(tenantId);
      return { existed };
    });
  }

  compact(request: CompactRequest): Promise<CompactResult> {
    const { clock } = this.#settings;
    return this.#counted(() => compact(this.#connections, this.#tables, request, clock));
  }

  dump(request: DumpRequest): Promise<DumpPage> {
    return this.#counted(() => dump(this.#connections, this.#tables, request));
  }

  load(request: LoadRequest): Promise<LoadResult> {
    return this.#counted(async () => {
      const { busyMs } = this.#settings;
      const loaded = await load(this.#connections, this.#tables, request, busyMs);
      if (loaded.loading === null) this.#notifier.notify(request.tenantId);
      return loaded;
    });
  }

  /** Rejects when the storage is closed; `close` waits for it. */
  async #counted<T>(work: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    return this.#inFlight.count(work);
  }

  /** All of `work` in one snapshot; answers to `calls` come with it. */
  async #readSnapshot<T>(
    tenant: string,
    calls: readonly Call[],
    work: (view: TenantSnapshot, answers: readonly Answer[]) => T | Promise<T>,
  ): Promise<T> {
    this.#checkOpen();
    const { clock } = this.#settings;
    return this.#inFlight.count(() =>
      this.#connections.reading(tenant, async (transaction) => {
        const [view, ...answers] = await TenantSnapshot.open(
          this.#tables,
          tenant,
          transaction,
          clock,
          calls,
        );
        return work(view, answers);
      }),
    );
  }

  async #connect(): Promise<void> {
    const { migrate: isMigrating, rowLevelSecurity, schema } = this.#settings;
    this.#connections.open();
    try {
      await this.#connections.idempotent(async (connection) => {
        await checkServer(connection);
        await (isMigrating ? migrate(connection, schema) : checkMigrated(connection, schema));
        if (rowLevelSecurity) await checkRowLevelSecurity(connection, schema);
      });
    } catch (error) {
      await this.#connections.close();
      throw error;
    }
    this.#notifier.start();
  }

  #checkOpen(): void {
    if (this.#isOpen) return;
    throw new SynthaError("CLOSED", "This storage is closed.", {
      hint: "Open it again, or create another mesh over it.",
    });
  }

  #afterLifecycle(work: () => Promise<void>): Promise<void> {
    const turn = this.#lifecycle.then(work);
    this.#lifecycle = turn.catch(() => {});
    return turn;
  }
}

/** No transaction names more than one tenant, so none could see them all. */
function tenantsHidden(): SynthaError {
  return new SynthaError("FORBIDDEN", "Row level security shows no list of tenants.", {
    hint: "List them through a storage without `rowLevelSecurity`, connected as a role that policies don't bind.",
  });
}
