import { type AgentContext, ContextMesh, type Storage } from "@syntha/core";
import type { Cli } from "../cli.ts";
import { Progress } from "../terminal/progress.ts";
import { chooseMesh, type MeshChoice, type MeshFlags } from "./mesh-choice.ts";
import { newFile } from "./new-file.ts";
import { openChosenStorage, type OpenOptions } from "./open-storage.ts";

/** A mesh that a command works with; disposing of it closes the storage. */
export interface OpenMesh extends MeshChoice, AsyncDisposable {
  readonly mesh: ContextMesh;
  /** The time by which ages are counted. */
  readonly now: number;
  readonly storage: Storage;
  /** Aborts when the command is interrupted. */
  readonly signal: AbortSignal;
}

/** @throws UsageError; NOT_FOUND for a file that does not exist; MISCONFIGURED */
export async function openMesh(
  cli: Cli,
  flags: MeshFlags & { readonly at?: number | undefined },
  options: OpenOptions = {},
): Promise<OpenMesh> {
  const choice = await chooseMesh(cli, flags);
  const file = options.create ? await newFile(cli, choice.url, choice.tenantId) : undefined;
  const storage = await openChosenStorage(cli, choice.url, options);
  // The programs that use a mesh set its retention: a command applies none.
  const mesh = new ContextMesh({
    storage,
    tenantId: choice.tenantId,
    sweepEvery: false,
    compactEvery: false,
  });
  const live = {
    ...choice,
    mesh,
    storage,
    signal: cli.signal,
    now: Date.now(),
    [Symbol.asyncDispose]: async () => {
      await mesh.close();
      await file?.[Symbol.asyncDispose]();
    },
  };
  return flags.at === undefined ? live : openPast(cli, live, flags.at);
}

/** The mesh as it was at a position of the log. */
async function openPast(cli: Cli, live: OpenMesh, position: number): Promise<OpenMesh> {
  using progress = new Progress(cli.err, "going back");
  try {
    const past = await live.mesh.at(position, {
      signal: cli.signal,
      onProgress: ({ done, total }) => progress.update(done, total, "record"),
    });
    const close = async (): Promise<void> => {
      await past.close();
      await live.mesh.close();
    };
    return { ...live, mesh: past, now: past.time.getTime(), [Symbol.asyncDispose]: close };
  } catch (error) {
    await live.mesh.close();
    throw error;
  }
}

/** The view of an agent; of the system for undefined or `system`. */
export function viewOf(mesh: ContextMesh, as: string | undefined): AgentContext {
  return as === undefined || as === "system" ? mesh.system : mesh.agent(as);
}
