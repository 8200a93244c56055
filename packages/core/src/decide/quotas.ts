import { SynthaError } from "../error/syntha-error.ts";
import { type Allowance, spend, type Spending } from "../limit/allowance.ts";
import type { Bounds, Quotas } from "../limit/quota.ts";
import { bytesAdded, bytesOf, type Usage } from "../limit/usage.ts";
import type { Change } from "../log/change.ts";
import type { Facts } from "../storage/facts.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Commit } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Draft, refuse } from "./draft.ts";

const HELD = ["items", "bytes"] as const;
type Held = (typeof HELD)[number];

/** Expired items that a commit which needs room removes itself. */
const MOST_LAPSED = 64;

/**
 * Refuses a commit by which the tenant or an agent would hold more than it may, or that comes too soon. What makes
 * nobody hold more always goes; so does a completion: the work is done.
 * @returns What the commit takes of rates.
 */
export function keepQuotas(
  draft: Draft,
  quotas: Quotas,
  { ops }: Commit,
  results: readonly OpResult[],
): readonly Spending[] {
  if (draft.changes.length === 0 || ops.some(({ type }) => type === "complete")) return [];
  keepUsage(draft, quotas);
  return keepRates(draft, quotas, results.filter(isWrite).length);
}

/** What the tenant, or an agent, holds and is to hold. */
class Account {
  readonly agent: string | null;
  readonly #bounds: Bounds;
  readonly #facts: Facts;
  /** By how much it grows by what is there: what is expired counts for nothing, so that its going makes no difference. */
  readonly grown: Record<Held, number> = { items: 0, bytes: 0 };
  /** What expires and was still counted. */
  readonly freed: Record<Held, number> = { items: 0, bytes: 0 };

  constructor(agent: string | null, bounds: Bounds, facts: Facts) {
    this.agent = agent;
    this.#bounds = bounds;
    this.#facts = facts;
  }

  add(to: "grown" | "freed", items: number, bytes: number): void {
    this[to].items += items;
    this[to].bytes += bytes;
  }

  /** What it would hold too much of. */
  get excess(): Held | undefined {
    return HELD.find((figure) => {
      const bound = this.#bounds[figure];
      return (
        bound !== undefined &&
        this.grown[figure] > 0 &&
        this.held()[figure] - this.freed[figure] + this.grown[figure] > bound
      );
    });
  }

  /** What is counted, expired or not. */
  held(): Usage {
    return this.agent === null ? this.#facts.usage : this.#facts.usageOf(this.agent);
  }

  bound(figure: Held): number {
    return this.#bounds[figure] as number;
  }
}

function keepUsage(draft: Draft, quotas: Quotas): void {
  const { facts, changes } = draft;
  const tenant = new Account(null, quotas.tenant, facts);
  const agents = new Map<string, Account>();
  const accounts = (owner: string | null): Account[] => {
    if (owner === null || !quotas.boundsAgents) return [tenant];
    let account = agents.get(owner);
    if (account === undefined)
      agents.set(owner, (account = new Account(owner, quotas.of(owner), facts)));
    return [tenant, account];
  };
  const expire = (row: ItemRow): void => {
    for (const each of accounts(row.owner)) each.add("freed", 1, bytesOf(row));
  };
  for (const change of changes) {
    if (change.type === "expire") expire(change.before);
    else count(change, accounts);
  }
  const inExcess = (): Account | undefined =>
    [tenant, ...agents.values()].find(({ excess }) => excess !== undefined);
  if (inExcess() === undefined) return;
  // R8: what is expired holds nothing. As much of it as stands in the way goes now.
  const lapsed = facts.expired(MOST_LAPSED);
  const gone = new Set(
    changes.map((each) => (each.type === "expire" ? each.before.key : undefined)),
  );
  for (const row of lapsed) {
    if (gone.has(row.key)) continue;
    if (accounts(row.owner).every(({ excess }) => excess === undefined)) continue;
    expire(row);
    changes.push({ type: "expire", before: row });
    if (inExcess() === undefined) return;
  }
  // There may be more than this commit should remove.
  if (lapsed.length === MOST_LAPSED) refuse(sweepNeeded());
  refuse(full(draft, inExcess() as Account));
}

function sweepNeeded(): SynthaError {
  return new SynthaError("UNAVAILABLE", "More items have expired than one write removes.", {
    hint: "Sweep the mesh, then write again.",
    details: { sweep: true },
  });
}

function count(change: Change, accounts: (owner: string | null) => Account[]): void {
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

/** A push, an event, a call of `subscribe`; not what changed nothing. */
function isWrite(result: OpResult): boolean {
  if (result.type === "put") return true;
  if (result.type === "publish") return result.created;
  return result.type === "subscribe" && result.topics.length > 0;
}

interface Refused {
  readonly of: string | null;
  readonly perSecond: number;
  readonly until: number | undefined;
}

function keepRates(draft: Draft, quotas: Quotas, writes: number): readonly Spending[] {
  const { by, facts } = draft;
  if (writes === 0) return [];
  const spent: Spending[] = [];
  let refused: Refused | undefined;
  for (const of of by === null ? [null] : [null, by]) {
    const perSecond = (of === null ? quotas.tenant : quotas.of(of)).writesPerSecond;
    if (perSecond === undefined) continue;
    const left = spend(facts.allowance(of), writes, perSecond, facts.now);
    if ("left" in left) spent.push({ of, allowance: left satisfies Allowance });
    else if (refused === undefined || isLater(left.until, refused.until))
      refused = { of, perSecond, until: left.until };
  }
  if (refused !== undefined) refuse(tooSoon(refused, writes));
  return spent;
}

function isLater(a: number | undefined, b: number | undefined): boolean {
  return b !== undefined && (a === undefined || a > b);
}

function full({ by }: Draft, account: Account): SynthaError {
  const { agent } = account;
  const figure = account.excess as Held;
  const maximum = account.bound(figure);
  const whose = agent === null ? "tenant" : "agent";
  // What others hold that it may not see is not an agent's to know.
  const isTold = by === null || by === agent;
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

function tooSoon({ of, perSecond, until }: Refused, writes: number): SynthaError {
  const whose = of === null ? "tenant" : "agent";
  const name = of ?? "The tenant";
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
      ...(of !== null && { agent: of }),
      ...(until !== undefined && { retryAt: new Date(until) }),
    },
  });
}
