import { SynthaError } from "../error/syntha-error.ts";
import type { Storage, StorageSupport } from "./storage.ts";

export type Capability = keyof StorageSupport;

/** The methods that a storage has if it declares a capability. */
interface CapabilityMethods {
  readonly compaction: "compact";
  readonly dump: "dump" | "load";
  readonly pastSubscriptions: never;
}

/** A storage that has the methods of a capability. */
export type Supporting<C extends Capability> = Storage &
  Required<Pick<Storage, CapabilityMethods[C]>>;

/** A storage that has all optional methods. */
export type FullStorage = Supporting<Capability>;

export const CAPABILITY_METHODS: { readonly [C in Capability]: readonly CapabilityMethods[C][] } = {
  compaction: ["compact"],
  dump: ["dump", "load"],
  pastSubscriptions: [],
};

/** The `supports` of a storage that has every capability. */
export const FULL_SUPPORT: StorageSupport = {
  compaction: true,
  dump: true,
  pastSubscriptions: true,
};

/**
 * Returns the same storage, typed with the methods of the capability.
 * @throws MISCONFIGURED if the storage does not declare it.
 */
export function requireSupport<C extends Capability>(
  storage: Storage,
  capability: C,
): Supporting<C> {
  if (storage.supports[capability]) return storage as Supporting<C>;
  const name = storage.traits.system ?? "given";
  throw new SynthaError("MISCONFIGURED", `The ${name} storage does not support ${capability}.`, {
    hint: "Use a storage that declares it in `supports`: MemoryStorage, SqliteStorage and PostgresStorage do.",
    details: { path: `supports.${capability}` },
  });
}
