import type { AgentContext } from "@syntha/core";
import { URI_TEMPLATES } from "../resources/resource-uri.ts";
import { completeKey, completeTopic, type Completion, toCompletion } from "./complete-names.ts";

/** Completes a variable of one of our templates. */
export async function completeVariable(
  agent: AgentContext,
  template: string,
  variable: string,
  prefix: string,
): Promise<Completion> {
  if (template === URI_TEMPLATES.item && variable === "key") return completeKey(agent, prefix);
  if (template === URI_TEMPLATES.topic && variable === "topic") return completeTopic(agent, prefix);
  return toCompletion([]);
}
