/** Who an item or event is for. Topics and subscribers add up; `global` stands alone. */
export interface Route {
  readonly topics: readonly string[];
  readonly subscribers: readonly string[];
  readonly global: boolean;
}

/** A route in a request: if any part is given, it replaces the whole route; otherwise the route is kept (R3). */
export interface RouteInput<T extends string = string> {
  /** Every agent that is subscribed to one of them when it reads. */
  topics?: readonly T[] | undefined;
  /** Agents, by name. */
  subscribers?: readonly string[] | undefined;
  /** Every agent of the tenant. Only `true` has an effect. */
  global?: boolean | undefined;
}

/** Who sees an item or event: its route, and its owner. An owner of `null` is the system. */
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

/** Whether two lists without duplicates have the same names, in any order. */
export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return (
    a.length === b.length &&
    (a.every((name, i) => name === b[i]) || a.every((name) => b.includes(name)))
  );
}

/** Compares by identity: a decision that keeps a route keeps its lists. */
export function keepsRoute(before: Route, after: Route): boolean {
  return (
    before.topics === after.topics &&
    before.subscribers === after.subscribers &&
    before.global === after.global
  );
}
