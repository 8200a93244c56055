import { SynthaError } from "../error/syntha-error.ts";
import { type Allowance, spend, type Spending } from "../limit/allowance.ts";
import type { QuotaBounds, Quotas } from "../limit/quota.ts";
import { bytesAdded, bytesOf, type Usage } from "../limit/usage.ts";
import type { Change } from "../log/change.ts";
import type { Facts } from "../storage/facts.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Commit, Operation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Draft, refuse } from "./draft.ts";

const FIGURES = ["items", "bytes"] as const;
type Figure = (typeof FIGURES)[number];

/** Expired items that a commit removes itself to make room. */
const MAX_EXPIRED = 64;

/**
 * Rejects a commit that exceeds a quota of the tenant or an agent. Commits that do not increase usage are always
 * allowed; so is the completion of work, unless it pushes more.
 * @returns what the commit uses of rates
 */
export function checkQuotas(
  draft: Draft,
  quotas: Quotas,
  { ops }: Commit,
  results: readonly OpResult[],
): readonly Spending[] {
  if (draft.changes.length === 0 || isCompletion(ops)) return [];
  checkUsage(draft, quotas);
  return checkRates(draft, quotas, results.filter(isWrite).length);
}

function isCompletion(ops: readonly Operation[]): boolean {
  return ops[0]?.type === "complete" && !ops.some(({ type }) => type === "put");
}

/** The usage of the tenant or an agent, and how a commit changes it. */
class UsageAccount {
  readonly agent: string | null;
  readonly #bounds: QuotaBounds;
  readonly #facts: Facts;
  /**
   * By how much the usage of unexpired items grows: expired ones do not count, so their removal makes no difference.
   */
  readonly grown: Record<Figure, number> = { items: 0, bytes: 0 };
  /** The counted usage of items that expire. */
  readonly freed: Record<Figure, number> = { items: 0, bytes: 0 };

  constructor(agent: string | null, bounds: QuotaBounds, facts: Facts) {
    this.agent = agent;
    this.#bounds = bounds;
    this.#facts = facts;
  }

  add(to: "grown" | "freed", items: number, bytes: number): void {
    this[to].items += items;
    this[to].bytes += bytes;
  }

  /** The figure that the commit exceeds. */
  get excess(): Figure | undefined {
    return FIGURES.find((figure) => {
      const bound = this.#bounds[figure];
      return (
        bound !== undefined &&
        this.grown[figure] > 0 &&
        this.held()[figure] - this.freed[figure] + this.grown[figure] > bound
      );
    });
  }

  /** The counted usage, expired or not. */
  held(): Usage {
    return this.agent === null ? this.#facts.usage : this.#facts.usageOf(this.agent);
  }

  bound(figure: Figure): number {
    return this.#bounds[figure] as number;
  }
}

function checkUsage(draft: Draft, quotas: Quotas): void {
  const { facts, changes } = draft;
  const tenant = new UsageAccount(null, quotas.tenant, facts);
  const agents = new Map<string, UsageAccount>();
  const accounts = (owner: string | null): UsageAccount[] => {
    if (owner === null || !quotas.boundsAgents) return [tenant];
    let account = agents.get(owner);
    if (account === undefined)
      agents.set(owner, (account = new UsageAccount(owner, quotas.of(owner), facts)));
    return [tenant, account];
  };
  const expire = (row: ItemRow): void => {
    for (const each of accounts(row.owner)) each.add("freed", 1, bytesOf(row));
  };
  for (const change of changes) {
    if (change.type === "expire") expire(change.before);
    else count(change, accounts);
  }
  const inExcess = (): UsageAccount | undefined =>
    [tenant, ...agents.values()].find(({ excess }) => excess !== undefined);
  if (inExcess() === undefined) return;
  // R8: expired items do not count. Removes as many as are needed.
  const expired = facts.expired(MAX_EXPIRED);
  const removedKeys = new Set(
    changes.map((each) => (each.type === "expire" ? each.before.key : undefined)),
  );
  for (const row of expired) {
    if (removedKeys.has(row.key)) continue;
    if (accounts(row.owner).every(({ excess }) => excess === undefined)) continue;
    expire(row);
    changes.push({ type: "expire", before: row });
    if (inExcess() === undefined) return;
  }
  // There may be more than this commit should remove.
  if (expired.length === MAX_EXPIRED) refuse(sweepNeeded());
  refuse(full(draft, inExcess() as UsageAccount));
}

function sweepNeeded(): SynthaError {
  return new SynthaError("UNAVAILABLE", "More items have expired than one write removes.", {
    hint: "Sweep the mesh, then write again.",
    details: { sweep: true },
  });
}

function count(change: Change, accounts: (owner: string | null) => UsageAccount[]): void {
  if (change.type !== "put" && change.type !== "delete") return;
  const { before } = change;
  const after = change.type === "put" ? change.after : null;
  if (before !== null && after !== null && before.owner === after.owner) {
    const bytes = bytesAdded(before, after);
    if (bytes !== 0) for (const each of accounts(after.owner)) each.add("grown", 0, bytes);
    return;
  }
  if (before !== null)
    for (const each of accounts(before.owner)) each.add("grown", -1, -bytesOf(before));
  if (after !== null)
    for (const each of accounts(after.owner)) each.add("grown", 1, bytesOf(after));
}

/** Whether it is a push, an event or a call of `subscribe` that changed something. */
function isWrite(result: OpResult): boolean {
  if (result.type === "put") return true;
  if (result.type === "publish") return result.created;
  return result.type === "subscribe" && result.topics.length > 0;
}

interface RefusedRate {
  readonly owner: string | null;
  readonly perSecond: number;
  readonly until: number | undefined;
}

function checkRates(draft: Draft, quotas: Quotas, writes: number): readonly Spending[] {
  const { actor, facts } = draft;
  if (writes === 0) return [];
  const spent: Spending[] = [];
  let refused: RefusedRate | undefined;
  for (const owner of actor === null ? [null] : [null, actor]) {
    const perSecond = (owner === null ? quotas.tenant : quotas.of(owner)).writesPerSecond;
    if (perSecond === undefined) continue;
    const left = spend(facts.allowance(owner), writes, perSecond, facts.now);
    if ("left" in left) spent.push({ owner, allowance: left satisfies Allowance });
    else if (refused === undefined || isLater(left.until, refused.until))
      refused = { owner, perSecond, until: left.until };
  }
  if (refused !== undefined) refuse(tooSoon(refused, writes));
  return spent;
}

function isLater(a: number | undefined, b: number | undefined): boolean {
  return b !== undefined && (a === undefined || a > b);
}

function full({ actor }: Draft, account: UsageAccount): SynthaError {
  const { agent } = account;
  const figure = account.excess as Figure;
  const maximum = account.bound(figure);
  const whose = agent === null ? "tenant" : "agent";
  // An agent must not learn how much others own.
  const isTold = actor === null || actor === agent;
  return new SynthaError(
    "LIMIT_EXCEEDED",
    `${agent ?? "The tenant"} may hold at most ${maximum} ${maximum === 1 ? figure.slice(0, -1) : figure}.`,
    {
      hint: `Delete or shorten what is no longer needed, or give it a ttl; \`limits.${whose}.${figure}\` of the mesh is the limit.`,
      details: {
        limit: `${whose}.${figure}`,
        maximum,
        ...(agent !== null && { agent }),
        ...(isTold && { current: account.held()[figure] - account.freed[figure] }),
      },
    },
  );
}

function tooSoon({ owner, perSecond, until }: RefusedRate, writes: number): SynthaError {
  const whose = owner === null ? "tenant" : "agent";
  const name = owner ?? "The tenant";
  return new SynthaError("LIMIT_EXCEEDED", `${name} may write ${perSecond} times a second.`, {
    hint:
      until !== undefined
        ? "Repeat the call at `details.retryAt`: batches count each of their writes."
        : perSecond === 0
          ? `\`limits.${whose}.writesPerSecond\` of the mesh is 0, which allows no writing: raise it.`
          : `These are ${writes} writes at once: split the batch into parts of at most ${perSecond}, a second apart.`,
    details: {
      limit: `${whose}.writesPerSecond`,
      maximum: perSecond,
      ...(owner !== null && { agent: owner }),
      ...(until !== undefined && { retryAt: new Date(until) }),
    },
  });
}
