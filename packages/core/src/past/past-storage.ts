import { SynthaError } from "../error/syntha-error.ts";
import type { LogPosition } from "../log/log-position.ts";
import { adoptTenant, MemoryStorage } from "../memory/memory-storage.ts";
import type { AgentPage, AgentQuery, LogPage, LogQuery } from "../storage/query.ts";
import type { Storage } from "../storage/storage.ts";
import type { PastTenant } from "./past-state.ts";

/** A tenant of another storage as it was after a commit, to read. Its log stays in that storage. */
export class PastStorage implements Storage {
  readonly traits = { durability: "none", system: "memory" } as const;
  readonly supports: Storage["supports"];
  readonly source: Storage;
  readonly #position: number;
  readonly #past: PastTenant;
  readonly #memory: MemoryStorage;

  constructor(source: Storage, tenantId: string, position: number, past: PastTenant) {
    const { pastSubscriptions } = source.supports;
    // Its compaction is refused as every write is.
    this.supports = { compaction: true, dump: false, pastSubscriptions };
    this.source = source;
    this.#position = position;
    this.#past = past;
    this.#memory = new MemoryStorage({ clock: () => past.time });
    adoptTenant(this.#memory, tenantId, past.state);
  }

  open(): Promise<void> {
    return this.#memory.open();
  }

  close(): Promise<void> {
    return this.#memory.close();
  }

  async commit(): Promise<never> {
    throw new SynthaError(
      "FORBIDDEN",
      `This is the mesh as it was at position ${this.#position}: it can only be read.`,
      { hint: "Write to the mesh itself." },
    );
  }

  get: Storage["get"] = (...args) => this.#memory.get(...args);
  list: Storage["list"] = (...args) => this.#memory.list(...args);
  events: Storage["events"] = (...args) => this.#memory.events(...args);
  topics: Storage["topics"] = (...args) => this.#memory.topics(...args);
  listTenants: Storage["listTenants"] = (...args) => this.#memory.listTenants(...args);
  dropTenant: Storage["dropTenant"] = () => this.commit();
  compact = (): Promise<never> => this.commit();

  /** @throws INVALID_CURSOR for a position that had not come yet */
  checkPosition(position: number): void {
    if (position <= this.#position) return;
    throw new SynthaError(
      "INVALID_CURSOR",
      `Position ${position} is after position ${this.#position}, at which this mesh was read.`,
      { hint: "Call at(position) of the mesh itself." },
    );
  }

  async agents(tenantId: string, query: AgentQuery): Promise<AgentPage> {
    const at = "name" in query ? query.at : undefined;
    if (at === undefined) return this.#memory.agents(tenantId, query);
    this.checkPosition(at);
    return this.source.agents(tenantId, query);
  }

  stats: Storage["stats"] = async (tenantId) => {
    const { floor, historyFloor } = await this.source.stats(tenantId);
    const { logEntries } = this.#past;
    return { ...(await this.#memory.stats(tenantId)), floor, historyFloor, logEntries };
  };

  async log(tenantId: string, query: LogQuery): Promise<LogPage> {
    const { state, time } = this.#past;
    const { after: from } = query;
    if (typeof from !== "string")
      this.checkPosition(typeof from === "number" ? from : from.position);
    const after = from === "end" ? this.#position : from;
    const page = await this.source.log(tenantId, { ...query, after });
    const entries = page.entries.filter(({ position }) => position <= this.#position);
    const isHead = from === "end" || page.isHead || entries.length < page.entries.length;
    const { epoch, head } = state;
    const end = isHead ? this.#end : page.end;
    return { ...page, epoch, head, now: time, entries, end, isHead };
  }

  onCommit(): () => void {
    return () => undefined;
  }

  get #end(): LogPosition {
    const { state, commitId } = this.#past;
    return { epoch: state.epoch, position: this.#position, done: "all", commitId };
  }
}
