import type { StructuredTool } from "@langchain/core/tools";
import { refuseOptions } from "@syntha/core/storage";
import { type ToolCaller, Turns } from "@syntha/tools";
import { MeshTool } from "./mesh-tool.ts";

/**
 * The handler's tools for `createAgent`, `ToolNode` and `bindTools`. A result is the JSON text of the handler's answer; a
 * failure's message has status "error"; a tool's effect stands in its `metadata`. Calls of one run of a graph are
 * answered one after the other, in the order in which they are made.
 */
export function langchainTools(handler: ToolCaller): StructuredTool[] {
  refuseOptions("langchainTools", arguments[1]);
  const turns = new Turns();
  return handler.tools().map((definition) => new MeshTool(handler, definition, turns));
}
