import type { AgentContext, ContextMesh } from "@syntha/core";
import type { Cli } from "../cli.ts";
import { viewOf } from "./open-mesh.ts";

/**
 * The name under which a person acts: `user/` and the name of the operating system's user, so that people and agents are
 * told apart wherever an author or owner is shown. SYNTHA_PERSON replaces it.
 */
export function personName({ env, userName }: Pick<Cli, "env" | "userName">): string {
  return env["SYNTHA_PERSON"] || `user/${userName}`;
}

/** Who acts: the person, unless `--as` names an agent or the system. */
export function actorOf(cli: Cli, mesh: ContextMesh, as: string | undefined): AgentContext {
  return viewOf(mesh, as ?? personName(cli));
}
