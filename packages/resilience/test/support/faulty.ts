import { MemoryStorage, SynthaError } from "@syntha/core";
import { FULL_SUPPORT, type FullStorage, type Storage } from "@syntha/core/storage";

/** Replaces or wraps a call. */
export type Fault = (run: () => Promise<unknown>) => Promise<unknown>;

export const unavailable: Fault = async () => {
  throw new SynthaError("UNAVAILABLE", "The server can't be reached.");
};

/** The storage executes the call, but the answer is lost. */
export const lost: Fault = async (run) => {
  await run();
  throw new SynthaError("UNKNOWN_OUTCOME", "The connection was lost while committing.");
};

/** The storage neither executes nor answers the call. */
export const silent: Fault = () => new Promise(() => {});

/** The storage executes the call late. */
export const slow: Fault = async (run) => {
  await new Promise((resolve) => setTimeout(resolve, 250));
  return run();
};

export const defect: Fault = async () => {
  throw new TypeError("undefined is not a function");
};

/** A memory storage that fails on request. */
export class FaultyStorage implements Storage {
  readonly traits = { durability: "none" } as const;
  readonly supports = FULL_SUPPORT;
  /** The methods of received calls. */
  readonly calls: string[] = [];
  readonly #storage = new MemoryStorage();
  #faults: readonly (Fault | undefined)[] = [];
  #permanent: Fault | undefined;

  /** All calls from now on; undefined restores normal operation. */
  fail(fault: Fault | undefined): void {
    this.#permanent = fault;
  }

  /** The next calls, one fault each; undefined executes a call normally. */
  failNext(...faults: readonly (Fault | undefined)[]): void {
    this.#faults = faults;
  }

  open = (): Promise<void> => this.#call("open", () => this.#storage.open());
  close = (): Promise<void> => this.#storage.close();
  commit: Storage["commit"] = (...args) =>
    this.#call("commit", () => this.#storage.commit(...args));
  get: Storage["get"] = (...args) => this.#call("get", () => this.#storage.get(...args));
  list: Storage["list"] = (...args) => this.#call("list", () => this.#storage.list(...args));
  events: Storage["events"] = (...args) =>
    this.#call("events", () => this.#storage.events(...args));
  agents: Storage["agents"] = (...args) =>
    this.#call("agents", () => this.#storage.agents(...args));
  topics: Storage["topics"] = (...args) =>
    this.#call("topics", () => this.#storage.topics(...args));
  stats: Storage["stats"] = (...args) => this.#call("stats", () => this.#storage.stats(...args));
  log: Storage["log"] = (...args) => this.#call("log", () => this.#storage.log(...args));
  onCommit: Storage["onCommit"] = (...args) => this.#storage.onCommit(...args);
  listTenants: FullStorage["listTenants"] = (query) =>
    this.#call("listTenants", () => this.#storage.listTenants(query));
  dropTenant: FullStorage["dropTenant"] = (request) =>
    this.#call("dropTenant", () => this.#storage.dropTenant(request));
  compact: FullStorage["compact"] = (request) =>
    this.#call("compact", () => this.#storage.compact(request));
  dump: FullStorage["dump"] = (request) => this.#call("dump", () => this.#storage.dump(request));
  load: FullStorage["load"] = (request) => this.#call("load", () => this.#storage.load(request));

  async #call<T>(method: string, run: () => Promise<T>): Promise<T> {
    this.calls.push(method);
    const [next, ...rest] = this.#faults;
    const fault = this.#faults.length > 0 ? next : this.#permanent;
    this.#faults = rest;
    return fault === undefined ? run() : ((await fault(run)) as T);
  }
}
