import { SynthaError } from "../error/syntha-error.ts";
import type { ItemFilter } from "../items/item-listing.ts";
import { checkRecord } from "../options/check-kind.ts";
import { refuseOptions } from "../options/known-options.ts";

/** A part of a federation: an agent's view of any mesh is one. */
export interface Federable {
  getAll(filter?: ItemFilter): Promise<object>;
  keys(filter?: ItemFilter): Promise<readonly string[]>;
}

/** Several agents' views, of one mesh or of several, read together: the result of each is under its name. */
export interface Federation<P extends Readonly<Record<string, Federable>>> {
  /** All visible values of each part. */
  getAll(filter?: ItemFilter): Promise<{ [N in keyof P]: Awaited<ReturnType<P[N]["getAll"]>> }>;
  /** All visible keys of each part. */
  keys(filter?: ItemFilter): Promise<{ [N in keyof P]: Awaited<ReturnType<P[N]["keys"]>> }>;
}

/**
 * Reads several agents' views together. Each part only reads its own mesh.
 *
 * @example
 * ```ts
 * const both = federate({ sales: salesMesh.agent("Report"), support: supportMesh.agent("Report") });
 * const { sales, support } = await both.getAll({ topics: ["customers"] });
 * ```
 * @throws INVALID_ARGUMENTS for a part that is not an agent's view
 */
export function federate<const P extends Readonly<Record<string, Federable>>>(
  parts: P,
): Federation<P> {
  refuseOptions("federate", arguments[1]);
  checkRecord("parts", parts, 'Pass agents by name: federate({ sales: mesh.agent("Sales") }).');
  for (const [name, part] of Object.entries<unknown>(parts)) checkPart(name, part);
  const readEach = async <R>(read: (part: Federable) => Promise<R>): Promise<Record<string, R>> => {
    const results = Object.entries(parts).map(
      async ([name, part]) => [name, await read(part)] as const,
    );
    return Object.fromEntries(await Promise.all(results));
  };
  return {
    getAll: (filter) => readEach((part) => part.getAll(filter)),
    keys: (filter) => readEach((part) => part.keys(filter)),
  } as Federation<P>;
}

function checkPart(name: string, part: unknown): void {
  const { getAll, keys } = Object(part) as Partial<Federable>;
  if (typeof getAll === "function" && typeof keys === "function") return;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `The part "${name}" is not an agent's view of a mesh.`,
    {
      hint: 'Pass mesh.agent("Name") for each part.',
      details: { path: name },
    },
  );
}
