import { UsageError } from "@syntha/mcp/storage";
import { nearest } from "@syntha/core/storage";
import type { Cli } from "../cli.ts";
import { visible } from "../terminal/escape.ts";
import { readContexts, type SavedContext } from "./saved-contexts.ts";
import { toStorageUrl } from "./storage-url.ts";

/** Which mesh: options of every command. */
export interface MeshFlags {
  readonly storage?: string | undefined;
  readonly tenant?: string | undefined;
  readonly context?: string | undefined;
  readonly json?: boolean | undefined;
}

export interface MeshChoice {
  /** `sqlite:PATH`, `postgres://…` or `memory:`. */
  readonly url: string;
  readonly tenantId: string;
  /** Whether the tenant was named, rather than the default one. */
  readonly isTenantNamed: boolean;
}

export const DEFAULT_TENANT = "default";

const NO_STORAGE = `No mesh is selected.
Name its storage in one of these ways:
  --storage sqlite:mesh.db                      for one command
  export SYNTHA_STORAGE=sqlite:mesh.db          for this shell
  syntha context save NAME --storage …          for all`;

/**
 * The mesh by the options, else the environment, else the saved context in use.
 * @throws UsageError if nothing names a storage, or an option is empty
 */
export async function chooseMesh(cli: Cli, flags: MeshFlags): Promise<MeshChoice> {
  const { env } = cli;
  // Another mesh than the one that was meant must not take its place.
  for (const name of ["storage", "tenant", "context"] as const)
    if (flags[name] === "") throw new UsageError(`--${name} can't be "". It must not be empty.`);
  const named = flags.storage ?? (flags.context === undefined ? env["SYNTHA_STORAGE"] : undefined);
  const saved = named ? undefined : await savedContext(cli, flags.context);
  const storage = named || saved?.storage;
  if (!storage) throw new UsageError(NO_STORAGE);
  const tenant = flags.tenant ?? env["SYNTHA_TENANT"] ?? saved?.tenant;
  return {
    url: toStorageUrl(storage),
    tenantId: tenant ?? DEFAULT_TENANT,
    isTenantNamed: tenant !== undefined,
  };
}

async function savedContext(cli: Cli, name: string | undefined): Promise<SavedContext | undefined> {
  const { contexts, current } = await readContexts(cli);
  const chosen = name ?? cli.env["SYNTHA_CONTEXT"] ?? current;
  if (chosen === undefined) return undefined;
  if (Object.hasOwn(contexts, chosen)) return contexts[chosen];
  throw unknownContext(chosen, Object.keys(contexts));
}

export function unknownContext(name: string, known: readonly string[]): UsageError {
  const [near] = nearest(name, known, 1);
  const guess = near === undefined ? "" : ` Did you mean "${visible(near)}"?`;
  return new UsageError(
    `There is no saved context "${visible(name)}".${guess}\nsyntha context list shows all.`,
  );
}
