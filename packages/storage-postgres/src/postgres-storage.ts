import { SynthaError } from "@syntha/core";
import {
  type AgentPage,
  type AgentQuery,
  type Commit,
  type Counts,
  type Decide,
  type EventPage,
  type EventQuery,
  type ItemPage,
  type ItemQuery,
  type ItemRow,
  type LogPage,
  type LogQuery,
  type MaintenanceResult,
  type MaintenanceTask,
  type Outcome,
  pageOf,
  type Actor,
  type Snapshot,
  type Storage,
  type TopicPage,
  type TopicQuery,
} from "@syntha/core/storage";
import { Doorbell } from "./bells/doorbell.ts";
import { checkServer } from "./connections/check-server.ts";
import { Connections } from "./connections/connections.ts";
import { type Answer, type Call, call } from "./connections/statement.ts";
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
import { View } from "./reads/view.ts";
import { checkRowLevelSecurity } from "./security/check-row-level-security.ts";
import { type Sql, sqlFor } from "./tables/index.ts";
import { UnderWay } from "./under-way.ts";
import { commit, type Committed } from "./writes/commit.ts";
import { compact } from "./writes/compact.ts";
import { drop } from "./writes/drop.ts";
import { load } from "./writes/load.ts";
import { Turns } from "./writes/turns.ts";

/** Meshes in a PostgreSQL database, which processes on several machines can share. */
export class PostgresStorage implements Storage {
  readonly traits: Storage["traits"];
  readonly #settings: Settings;
  readonly #sql: Sql;
  readonly #listSql;
  readonly #connections: Connections;
  readonly #get: Get;
  readonly #doorbell: Doorbell;
  /** Commits to each tenant. */
  readonly #turns: Turns;
  readonly #underWay = new UnderWay();
  #isOpen = false;
  /** Openings and closings, one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: PostgresStorageOptions) {
    this.#settings = toSettings(options);
    const { schema, clock, durability, busyMs } = this.#settings;
    this.#turns = new Turns(busyMs);
    this.traits = { durability, system: "postgresql" };
    this.#sql = sqlFor(schema);
    this.#listSql = listSql(schema);
    this.#connections = new Connections(this.#settings);
    this.#get = new Get(this.#connections, schema, clock);
    this.#doorbell = new Doorbell(this.#connections, this.#sql, this.#settings);
  }

  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#connections.isOpen) await this.#connect();
      this.#isOpen = true;
    });
  }

  close(): Promise<void> {
    // At once, so that nothing new comes in; what is under way goes on.
    this.#isOpen = false;
    return this.#inTurn(async () => {
      this.#isOpen = false;
      await this.#underWay.idle();
      await this.#doorbell.stop();
      await this.#connections.close();
    });
  }

  async commit(
    tenant: string,
    commits: readonly Commit[],
    decide: Decide,
  ): Promise<readonly Outcome[]> {
    this.#check();
    const { clock, busyMs } = this.#settings;
    const commitAll = (): Promise<Committed> =>
      commit(this.#connections, this.#sql, tenant, commits, decide, clock, busyMs);
    return this.#underWay.count(async () => {
      const { outcomes, changed } = await this.#turns.take(tenant, commitAll);
      if (changed) this.#doorbell.ring(tenant);
      return outcomes;
    });
  }

  async get(
    tenant: string,
    as: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { readonly items: readonly (ItemRow | undefined)[] }> {
    this.#check();
    return this.#underWay.count(() => this.#get.read(tenant, as, keys));
  }

  list(tenant: string, query: ItemQuery): Promise<ItemPage> {
    const calls = listCalls(this.#sql, tenant, query);
    return this.#view(tenant, calls, (view, answers) => list(this.#listSql, view, query, answers));
  }

  events(tenant: string, query: EventQuery): Promise<EventPage> {
    const calls = eventsCalls(this.#sql, tenant, query);
    return this.#view(tenant, calls, (view, answers) => events(view, query, answers));
  }

  agents(tenant: string, query: AgentQuery): Promise<AgentPage> {
    const calls = agentsCalls(this.#sql, tenant, query);
    return this.#view(tenant, calls, (view, answers) => agents(view, query, answers));
  }

  topics(tenant: string, query: TopicQuery): Promise<TopicPage> {
    return this.#view(tenant, [], (view) => topics(view, query));
  }

  stats(tenant: string): Promise<Snapshot & Counts> {
    return this.#view(tenant, [], stats);
  }

  log(tenant: string, query: LogQuery): Promise<LogPage> {
    const calls = logCalls(this.#sql, tenant, query);
    return this.#view(tenant, calls, (view, answers) => log(view, query, answers));
  }

  onCommit(tenant: string, ring: () => void): () => void {
    return this.#doorbell.add(tenant, ring);
  }

  async maintain<T extends MaintenanceTask>(task: T): Promise<MaintenanceResult<T>> {
    this.#check();
    return (await this.#underWay.count(() => this.#maintain(task))) as MaintenanceResult<T>;
  }

  async #maintain(task: MaintenanceTask): Promise<unknown> {
    switch (task.type) {
      case "tenants": {
        if (this.#settings.rowLevelSecurity) throw hiddenTenants();
        const { after = "", limit } = task;
        const names = call(this.#sql.tenant.names, after, limit + 1);
        const { rows } = await this.#connections.read("", names);
        const { page, next } = pageOf(
          rows.map(([name]) => name as string),
          limit,
        );
        return { tenants: page, next };
      }
      case "drop": {
        const existed = await drop(this.#connections, this.#sql, task.tenant, task.loading);
        if (existed) this.#doorbell.ring(task.tenant);
        return { existed };
      }
      case "compact":
        return compact(this.#connections, this.#sql, task, this.#settings.clock);
      case "dump":
        return dump(this.#connections, this.#sql, task);
      case "load": {
        const loaded = await load(this.#connections, this.#sql, task, this.#settings.busyMs);
        if (loaded.loading === null) this.#doorbell.ring(task.tenant);
        return loaded;
      }
    }
  }

  /** All of `work` in one snapshot; answers to `calls` come with it. */
  async #view<T>(
    tenant: string,
    calls: readonly Call[],
    work: (view: View, answers: readonly Answer[]) => T | Promise<T>,
  ): Promise<T> {
    this.#check();
    const { clock } = this.#settings;
    return this.#underWay.count(() =>
      this.#connections.reading(tenant, async (transaction) => {
        const [view, ...answers] = await View.open(this.#sql, tenant, transaction, clock, calls);
        return work(view, answers);
      }),
    );
  }

  async #connect(): Promise<void> {
    const { migrate: isMigrating, rowLevelSecurity, schema } = this.#settings;
    this.#connections.open();
    try {
      await this.#connections.idempotent(async (link) => {
        await checkServer(link);
        await (isMigrating ? migrate(link, schema) : checkMigrated(link, schema));
        if (rowLevelSecurity) await checkRowLevelSecurity(link, schema);
      });
    } catch (error) {
      await this.#connections.close();
      throw error;
    }
    this.#doorbell.start();
  }

  #check(): void {
    if (this.#isOpen) return;
    throw new SynthaError("CLOSED", "This storage is closed.", {
      hint: "Open it again, or create another mesh over it.",
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

/** No transaction names more than one tenant, so none could see them all. */
function hiddenTenants(): SynthaError {
  return new SynthaError("FORBIDDEN", "Row level security shows no list of tenants.", {
    hint: "List them through a storage without `rowLevelSecurity`, connected as a role that policies don't bind.",
  });
}
