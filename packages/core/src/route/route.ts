/** Who an item or event is for. Topics and subscribers add up; `global` stands alone. */
export interface Route {
  readonly topics: readonly string[];
  readonly subscribers: readonly string[];
  readonly global: boolean;
}

/** A route as callers name it: any part given replaces the whole, none given keeps what is there (R3). */
export interface RouteInput<T extends string = string> {
  /** Every agent that is subscribed to one of them when it reads. */
  topics?: readonly T[] | undefined;
  /** Agents, by name. */
  subscribers?: readonly string[] | undefined;
  /** Every agent of the tenant; only `true` means anything. */
  global?: boolean | undefined;
}

/** What decides about sight: a route, and the owner who sees it in any case. `null` is the system. */
export interface Audience extends Route {
  readonly owner: string | null;
}

export function sameRoute(a: Route, b: Route): boolean {
  return (
    a.global === b.global &&
    sameNames(a.topics, b.topics) &&
    sameNames(a.subscribers, b.subscribers)
  );
}

/** Whether two lists without doubles name the same, in any order. */
export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return (
    a.length === b.length &&
    (a.every((name, i) => name === b[i]) || a.every((name) => b.includes(name)))
  );
}

/** By identity: a decision that keeps a route keeps its very lists. */
export function keepsRoute(before: Route, after: Route): boolean {
  return (
    before.topics === after.topics &&
    before.subscribers === after.subscribers &&
    before.global === after.global
  );
}
