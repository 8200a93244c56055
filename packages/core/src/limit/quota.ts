import { SynthaError } from "../error/syntha-error.ts";
import { checkRecord } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { checkAgentName } from "../text/agent-name.ts";

/** What a tenant or an agent may own and write. Figures that are omitted or `false` are not limited. */
export interface Quota {
  /** Items that are not expired; an agent's are those that it owns. */
  readonly items?: number | false | undefined;
  /** Bytes of UTF-8 of these items' keys and of the JSON text of their values. */
  readonly bytes?: number | false | undefined;
  /**
   * Pushes, published events and calls of `subscribe`; each element of a batch counts. Allows this many at once, then
   * refills evenly: at most `writesPerSecond` × (T + 1) in any T seconds.
   */
  readonly writesPerSecond?: number | false | undefined;
}

/**
 * Limits on what a tenant and its agents own and write.
 *
 * @example
 * new ContextMesh({
 *   limits: { tenant: { items: 100_000 }, agent: { writesPerSecond: 20 } },
 * });
 */
export interface QuotaOptions {
  /** The whole tenant, including the system. */
  tenant?: Quota | undefined;
  /** Each agent. The system is not an agent. */
  agent?: Quota | undefined;
  /** Agents by name. A figure here replaces that of `agent`. */
  agents?: Readonly<Record<string, Quota>> | undefined;
}

type Figure = keyof Quota;

/** A quota as it is enforced: figures that are absent are not limited. See {@link Quota}. */
export type QuotaBounds = { readonly [F in Figure]?: number | undefined };

const FIGURES: readonly Figure[] = ["items", "bytes", "writesPerSecond"];
const QUOTA = knownOptions<Quota>("a quota", { items: true, bytes: true, writesPerSecond: true });

/** The limits that a commit must not exceed. */
export class Quotas {
  /** What these quotas were made from: `new Quotas(options)` makes equal ones, also in another process. */
  readonly options: QuotaOptions;
  readonly tenant: QuotaBounds;
  readonly #agent: Quota;
  readonly #agents: ReadonlyMap<string, QuotaBounds>;
  readonly #others: QuotaBounds;
  /** Whether any agent's items or bytes are bounded. */
  readonly boundsAgents: boolean;

  /** @throws INVALID_ARGUMENTS for what is no quota, INVALID_TEXT, TOO_LARGE for what is no agent's name. */
  constructor({ tenant = {}, agent = {}, agents = {} }: QuotaOptions) {
    this.options = { tenant: { ...tenant }, agent: { ...agent }, agents: { ...agents } };
    this.tenant = toBounds("limits.tenant", tenant);
    this.#agent = agent;
    this.#others = toBounds("limits.agent", agent);
    checkRecord("limits.agents", agents, "Pass quotas by name: { Archive: { items: 5_000 } }.");
    this.#agents = new Map(Object.entries(agents).map(([name, quota]) => this.#own(name, quota)));
    const all = [this.#others, ...this.#agents.values()];
    this.boundsAgents = all.some(({ items, bytes }) => items !== undefined || bytes !== undefined);
  }

  /** Of agents that have none of their own. */
  get agent(): QuotaBounds {
    return this.#others;
  }

  /** Of agents by name. */
  get agents(): Readonly<Record<string, QuotaBounds>> {
    return Object.fromEntries(this.#agents);
  }

  of(agent: string): QuotaBounds {
    return this.#agents.get(agent) ?? this.#others;
  }

  get isEmpty(): boolean {
    return [this.tenant, this.#others, ...this.#agents.values()].every((bounds) =>
      FIGURES.every((figure) => bounds[figure] === undefined),
    );
  }

  #own(name: string, quota: Quota): [string, QuotaBounds] {
    checkAgentName(
      name,
      "Leave it out: only `limits.tenant` bounds what the system holds and writes.",
    );
    const own = toBounds(`limits.agents.${name}`, quota);
    const named = FIGURES.filter((figure) => quota[figure] !== undefined);
    const others = toBounds("limits.agent", this.#agent);
    const bounds: { [F in Figure]?: number } = {};
    for (const figure of FIGURES) {
      const bound = (named.includes(figure) ? own : others)[figure];
      if (bound !== undefined) bounds[figure] = bound;
    }
    return [name, bounds];
  }
}

function toBounds(path: string, quota: Quota): QuotaBounds {
  checkOptions(quota, QUOTA, path);
  const bounds: { [F in Figure]?: number } = {};
  for (const figure of FIGURES) {
    const bound = quota[figure];
    if (bound === undefined || bound === false) continue;
    if (!Number.isSafeInteger(bound) || bound < 0)
      throw invalid(`${path}.${figure}`, `\`${path}.${figure}\` is a whole number from 0 on.`);
    bounds[figure] = bound;
  }
  return bounds;
}

function invalid(path: string, message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Pass { items: 10_000, bytes: 50_000_000, writesPerSecond: 100 }, any of them left out or false for no limit.",
    details: { path },
  });
}
