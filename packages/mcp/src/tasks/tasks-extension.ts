import type { Server, ServerContext } from "@modelcontextprotocol/server";
import { clientCapabilities } from "../tools/client-capabilities.ts";

/** The extension's name among capabilities. */
export const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";

/** Whether the client of a request can follow a task. */
export function canFollowTasks(server: Server, context: ServerContext): boolean {
  return clientCapabilities(server, context).extensions?.[TASKS_EXTENSION] !== undefined;
}
