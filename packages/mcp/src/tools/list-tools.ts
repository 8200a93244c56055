import type { Tool } from "@modelcontextprotocol/server";
import type { Effect, ToolCaller } from "@syntha/tools";

/** Tools that do the same when they are called again with the same arguments. */
const IDEMPOTENT = new Set([
  "subscribe_to_topics",
  "unsubscribe_from_topics",
  "delete_context",
  "delete_topic",
  "manage_subscriptions",
]);

/** The tools that the agent may call, in the order of the toolsets: the same list each time, so that prompt caches hold. */
export function listTools(handler: ToolCaller): Tool[] {
  return handler
    .tools({ dialect: "portable" })
    .map(({ name, description, effect, parameters }) => ({
      name,
      description,
      // Its type allows any JSON, which an interface never matches.
      inputSchema: parameters as object as Tool["inputSchema"],
      outputSchema: handler.outputSchema(name) as Tool["outputSchema"],
      annotations: toAnnotations(name, effect),
    }));
}

function toAnnotations(name: string, effect: Effect): Tool["annotations"] {
  return {
    readOnlyHint: effect === "read",
    destructiveHint: effect === "destroy",
    idempotentHint: effect === "read" || IDEMPOTENT.has(name),
    // The mesh is all that a tool reaches.
    openWorldHint: false,
  };
}
