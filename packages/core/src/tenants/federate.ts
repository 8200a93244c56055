import { SynthaError } from "../error/syntha-error.ts";
import type { ItemFilter } from "../items/item-listing.ts";
import { checkRecord } from "../options/check-kind.ts";
import { refuseOptions } from "../options/known-options.ts";

/** What a part of a federation must be able to do: an agent's view of any mesh is one. */
export interface Federable {
  getAll(filter?: ItemFilter): Promise<object>;
  keys(filter?: ItemFilter): Promise<readonly string[]>;
}

/** Several agents' views, of one mesh or of many, read side by side: each sees what it sees, under its own name. */
export interface Federation<P extends Readonly<Record<string, Federable>>> {
  /** All visible values of each part. */
  getAll(filter?: ItemFilter): Promise<{ [N in keyof P]: Awaited<ReturnType<P[N]["getAll"]>> }>;
  /** All visible keys of each part. */
  keys(filter?: ItemFilter): Promise<{ [N in keyof P]: Awaited<ReturnType<P[N]["keys"]>> }>;
}

/**
 * Reads several partitions at once. Nothing is shared between them: it only asks each.
 * @throws INVALID_ARGUMENTS for a part that is not an agent's view
 */
export function federate<const P extends Readonly<Record<string, Federable>>>(
  parts: P,
): Federation<P> {
  refuseOptions("federate", arguments[1]);
  checkRecord("parts", parts, 'Pass agents by name: federate({ sales: mesh.agent("Sales") }).');
  for (const [name, part] of Object.entries<unknown>(parts)) checkPart(name, part);
  const ask = async <R>(question: (part: Federable) => Promise<R>): Promise<Record<string, R>> => {
    const answers = Object.entries(parts).map(
      async ([name, part]) => [name, await question(part)] as const,
    );
    return Object.fromEntries(await Promise.all(answers));
  };
  return {
    getAll: (filter) => ask((part) => part.getAll(filter)),
    keys: (filter) => ask((part) => part.keys(filter)),
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
