import type { ContextMesh, MeshSchema } from "@syntha/core";
import { refuseOptions } from "@syntha/core/storage";
import type { ToolHandlerOptions } from "./options.ts";
import { ToolHandler } from "./tool-handler.ts";

/**
 * Creates the handlers of several agents of one mesh, from options by agent name.
 *
 * @example
 * const { Triage, Reader } = toolHandlers(mesh, { Triage: {}, Reader: { role: "readonly" } });
 *
 * @throws INVALID_ARGUMENTS for invalid options or agent names
 */
export function toolHandlers<const T extends Readonly<Record<string, ToolHandlerOptions>>>(
  mesh: ContextMesh<MeshSchema>,
  table: T,
): { readonly [A in keyof T]: ToolHandler<PrefixOf<T[A]>> };
/** Creates the handlers of these agents, with the same options for each. */
export function toolHandlers<const A extends string, const P extends string = "">(
  mesh: ContextMesh<MeshSchema>,
  agents: readonly A[],
  options?: ToolHandlerOptions<P>,
): { readonly [N in A]: ToolHandler<P> };
export function toolHandlers(
  mesh: ContextMesh<MeshSchema>,
  agents: readonly string[] | Readonly<Record<string, ToolHandlerOptions>>,
  shared: ToolHandlerOptions = {},
): Record<string, ToolHandler<string>> {
  if (!isList(agents)) refuseOptions("toolHandlers with a table", arguments[2]);
  const entries = isList(agents)
    ? agents.map((name) => [name, shared] as const)
    : Object.entries(agents);
  return Object.fromEntries(
    entries.map(([name, options]) => [name, new ToolHandler(mesh.agent(name), options)]),
  );
}

const isList: (agents: object) => agents is readonly string[] = Array.isArray;

type PrefixOf<O> = O extends { readonly prefix: infer P extends string } ? P : "";
