import { type Commit, decide, type Outcome, type Storage } from "@syntha/core/storage";

/** A write of one key by the system. */
export function writeOf(key: string, value: unknown): Commit {
  const route = { topics: [], subscribers: [], global: true };
  const rest = { routeIfNew: undefined, expiry: undefined, ifRevision: undefined };
  return { actor: null, ops: [{ type: "put", key, value: JSON.stringify(value), route, ...rest }] };
}

export function write(
  storage: Storage,
  value: unknown,
  ...more: readonly Commit[]
): Promise<readonly Outcome[]> {
  return storage.commit("acme", [writeOf("k", value), ...more], decide);
}

export async function read(storage: Storage): Promise<string | undefined> {
  return (await storage.get("acme", null, ["k"])).items[0]?.value;
}
