import {
  type Commit,
  decide,
  type Operation,
  type Outcome,
  type Route,
  type Storage,
} from "@syntha/core/storage";

const GLOBAL: Route = { topics: [], subscribers: [], global: true };

export function onTopics(...topics: string[]): Route {
  return { topics, subscribers: [], global: false };
}

type Put = Extract<Operation, { type: "put" }>;

export function put(key: string, value: unknown, options: Partial<Put> = {}): Put {
  return {
    type: "put",
    key,
    value: JSON.stringify(value),
    route: GLOBAL,
    routeIfNew: undefined,
    expiry: undefined,
    ifRevision: undefined,
    ...options,
  };
}

/** A commit of the system. */
export function bySystem(...ops: Operation[]): Commit {
  return { actor: null, ops };
}

export function by(actor: string, ...ops: Operation[]): Commit {
  return { actor, ops };
}

/** Writes one value in a commit of the system. */
export function write(
  storage: Storage,
  value: unknown = 1,
  key = "k",
  tenantId = "acme",
): Promise<readonly Outcome[]> {
  return storage.commit(tenantId, [bySystem(put(key, value))], decide);
}

/** A decision that does something first, when the transaction has the lock. */
export function deciding(act: () => void): typeof decide {
  return (commit, facts) => {
    act();
    return decide(commit, facts);
  };
}
