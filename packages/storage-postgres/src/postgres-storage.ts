import { SynthaError } from "@syntha/core";
import {
  type Actor,
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
  FULL_SUPPORT,
  InFlightCounter,
  type ItemPage,
  type ItemQuery,
  KeyedQueue,
  type LoadRequest,
  type LoadResult,
  type LogPage,
  type LogQuery,
  type Outcome,
  pageOf,
  type Snapshot,
  type Storage,
  type TenantPage,
  type TenantQuery,
  type TopicPage,
  type TopicQuery,
  type Unsubscribe,
} from "@syntha/core/storage";
import { checkRowLevelSecurity } from "./connection/check-row-level-security.ts";
import { checkServer } from "./connection/check-server.ts";
import { Connections } from "./connection/connections.ts";
import { type Answer, type Call, call } from "./connection/statement.ts";
import { checkMigrated, migrate } from "./migrations/migrate.ts";
import { CommitNotifier } from "./notifications/commit-notifier.ts";
import type { PostgresStorageOptions } from "./options.ts";
import { agents, agentsCalls } from "./reads/agents.ts";
import { dump } from "./reads/dump.ts";
import { events, eventsCalls } from "./reads/events.ts";
import { get } from "./reads/get.ts";
import { list, listCalls } from "./reads/list.ts";
import { log, logCalls } from "./reads/log.ts";
import { stats } from "./reads/stats.ts";
import { TenantView } from "./reads/tenant-view.ts";
import { topics } from "./reads/topics.ts";
import { type Settings, toSettings } from "./settings.ts";
import { type Tables, tablesOf } from "./tables/index.ts";
import { commit, type Committed } from "./writes/commit.ts";
import { compact } from "./writes/compact.ts";
import { drop } from "./writes/drop.ts";
import { load } from "./writes/load.ts";

/**
 * Stores meshes in a PostgreSQL database, which processes on several machines can share.
 *
 * The constructor does no I/O; the first call of a mesh opens the storage. Calls reject with `UNAVAILABLE` when the server
 * can't be reached or a lock is not free in time, `UNKNOWN_OUTCOME` when the connection is lost during a commit,
 * `MISCONFIGURED` when the server refuses the connection or the role lacks a permission, `STORAGE_MISMATCH` when the
 * tables are not those of this release, and `CLOSED` after {@link close}.
 *
 * @example
 * ```ts
 * const storage = new PostgresStorage({ connectionString: "postgres://localhost/product" });
 * await using mesh = new ContextMesh({ tenantId: "acme", storage });
 * ```
 * @see {@link PostgresStorageOptions}
 */
export class PostgresStorage implements Storage {
  readonly traits: Storage["traits"];
  readonly supports = FULL_SUPPORT;
  readonly #settings: Settings;
  readonly #tables: Tables;
  readonly #connections: Connections;
  readonly #notifier: CommitNotifier;
  /** Commits of the same tenant wait here for each other, and not on connections that wait for the tenant's lock. */
  readonly #commitQueue: KeyedQueue<string>;
  readonly #inFlight = new InFlightCounter();
  #isOpen = false;
  /** Settles when every `open` and `close` so far has ended. */
  #lifecycle: Promise<void> = Promise.resolve();

  /** @throws INVALID_ARGUMENTS for an unknown or invalid option */
  constructor(options: PostgresStorageOptions) {
    this.#settings = toSettings(options);
    const { schema, durability, busyMs } = this.#settings;
    const { server } = this.#settings;
    this.traits = {
      durability,
      system: "postgresql",
      get server() {
        const { version, isTested } = server;
        return version === undefined ? undefined : { version, isTested };
      },
    };
    this.#commitQueue = new KeyedQueue({ ms: busyMs, error: commitQueueTimeout });
    this.#tables = tablesOf(schema);
    this.#connections = new Connections(this.#settings);
    this.#notifier = new CommitNotifier(this.#connections, this.#tables, this.#settings);
  }

  open(): Promise<void> {
    return this.#afterLifecycle(async () => {
      if (!this.#connections.isOpen) await this.#connect();
      this.#isOpen = true;
    });
  }

  close(): Promise<void> {
    // New calls are refused at once; calls in flight end normally.
    this.#isOpen = false;
    return this.#afterLifecycle(async () => {
      this.#isOpen = false;
      await this.#inFlight.idle();
      await this.#notifier.stop();
      await this.#connections.close();
    });
  }

  commit(tenant: string, commits: readonly Commit[], decide: Decide): Promise<readonly Outcome[]> {
    const { clock, busyMs } = this.#settings;
    const notification = (): Call | undefined => this.#notifier.notification(tenant);
    const commitAll = (): Promise<Committed> =>
      commit(this.#connections, this.#tables, tenant, commits, decide, clock, busyMs, notification);
    return this.#counted(async () => {
      const { outcomes, changed, isNotified } = await this.#commitQueue.run(tenant, commitAll);
      if (changed) this.#notifier.notify(tenant, isNotified);
      return outcomes;
    });
  }

  get(tenant: string, actor: Actor, keys: readonly string[]): ReturnType<Storage["get"]> {
    const { clock } = this.#settings;
    return this.#counted(() => get(this.#connections, this.#tables, tenant, actor, keys, clock));
  }

  list(tenant: string, query: ItemQuery): Promise<ItemPage> {
    const calls = listCalls(this.#tables, tenant, query);
    return this.#read(tenant, calls, (view, answers) => list(view, query, answers));
  }

  events(tenant: string, query: EventQuery): Promise<EventPage> {
    const calls = eventsCalls(this.#tables, tenant, query);
    return this.#read(tenant, calls, (view, answers) => events(view, query, answers));
  }

  agents(tenant: string, query: AgentQuery): Promise<AgentPage> {
    const calls = agentsCalls(this.#tables, tenant, query, this.#settings.clock);
    return this.#read(tenant, calls, (view, answers) => agents(view, query, answers));
  }

  topics(tenant: string, query: TopicQuery): Promise<TopicPage> {
    return this.#read(tenant, [], (view) => topics(view, query));
  }

  stats(tenant: string): Promise<Snapshot & Counts> {
    return this.#read(tenant, [], stats);
  }

  log(tenant: string, query: LogQuery): Promise<LogPage> {
    const calls = logCalls(this.#tables, tenant, query);
    return this.#read(tenant, calls, (view, answers) => log(view, query, answers));
  }

  onCommit(tenant: string, listener: () => void): Unsubscribe {
    return this.#notifier.onCommit(tenant, listener);
  }

  listTenants({ after = "", limit }: TenantQuery): Promise<TenantPage> {
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
    if (this.#isOpen) return this.#inFlight.run(work);
    throw new SynthaError("CLOSED", "This storage is closed.", {
      hint: "Open it again, or create another mesh over it.",
    });
  }

  /** Runs `work` in one snapshot, with the answers to `calls`. */
  #read<T>(
    tenant: string,
    calls: readonly Call[],
    work: (view: TenantView, answers: readonly Answer[]) => T | Promise<T>,
  ): Promise<T> {
    const { clock } = this.#settings;
    return this.#counted(() =>
      this.#connections.reading(tenant, async (transaction) => {
        const [view, ...answers] = await TenantView.open(
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
    const { migrate: isMigrating, rowLevelSecurity, schema, server, distribution } = this.#settings;
    this.#connections.open();
    try {
      await this.#connections.idempotent(async (connection) => {
        await checkServer(connection, server);
        const prepare = isMigrating ? migrate : checkMigrated;
        await prepare(connection, schema, { server, distribution });
        if (rowLevelSecurity) await checkRowLevelSecurity(connection, schema);
      });
    } catch (error) {
      await this.#connections.close();
      throw error;
    }
    this.#notifier.start();
  }

  #afterLifecycle(work: () => Promise<void>): Promise<void> {
    const turn = this.#lifecycle.then(work);
    this.#lifecycle = turn.catch(() => {});
    return turn;
  }
}

/** A transaction sees a single tenant, so none can list them all. */
function tenantsHidden(): SynthaError {
  return new SynthaError("FORBIDDEN", "Tenants can't be listed under row level security.", {
    hint: "List them through a storage without `rowLevelSecurity`, connected as a role that bypasses policies.",
  });
}

function commitQueueTimeout(): SynthaError {
  return new SynthaError(
    "UNAVAILABLE",
    "Timed out waiting for an earlier write of this process to the tenant.",
    { hint: "Try again; write less at once, or raise `busyTimeout`." },
  );
}
