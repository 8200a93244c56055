import type { ContextMesh, MeshSchema } from "@syntha/core";
import type { ToolHandlerOptions } from "./options.ts";
import { ToolHandler } from "./tool-handler.ts";

/** Handlers for many agents of one mesh: options by agent name. */
export function toolHandlers<const T extends Readonly<Record<string, ToolHandlerOptions>>>(
  mesh: ContextMesh<MeshSchema>,
  table: T,
): { readonly [A in keyof T]: ToolHandler<PrefixOf<T[A]>> } {
  const entries = Object.entries(table).map(([name, options]) => [
    name,
    new ToolHandler(mesh.agent(name), options),
  ]);
  return Object.fromEntries(entries) as { readonly [A in keyof T]: ToolHandler<PrefixOf<T[A]>> };
}

type PrefixOf<O> = O extends { readonly prefix: infer P extends string } ? P : "";
