import type { ResourceLink } from "@modelcontextprotocol/server";
import type { ToolAnswer } from "@syntha/tools";
import { itemUri } from "../resources/resource-uri.ts";

/** Links to the items whose values an answer leaves out because they are too large. */
export function resourceLinks(answer: ToolAnswer): ResourceLink[] {
  return [...new Set(keysTooLarge(answer))].map((key) => ({
    type: "resource_link",
    uri: itemUri(key),
    name: key,
    mimeType: "application/json",
  }));
}

function keysTooLarge(answer: ToolAnswer): string[] {
  if ("too_large" in answer && answer.too_large !== undefined) return [...answer.too_large];
  if (!("changes" in answer)) return [];
  return answer.changes.flatMap(({ key, too_large }) =>
    too_large === true && key !== undefined ? [key] : [],
  );
}
