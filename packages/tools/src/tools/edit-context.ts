import { type AgentContext, type JsonValue, SynthaError } from "@syntha/core";
import * as z from "zod";
import { parseStructuredText } from "../arguments/structured-text.ts";
import { field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { defineTool } from "../tool.ts";

export const editContext = defineTool({
  name: "edit_context",
  toolset: "context",
  effect: "write",
  description: "Change part of a value by one of merge, append or increment.",
  input: z.strictObject({
    key: parameter.name,
    merge: parameter.optionalJson.meta({ description: "JSON object; null removes a field" }),
    append: parameter.optionalJson.meta({ description: "entry for a list" }),
    increment: parameter.optionalNumber,
  }),
  output: z.object({
    key: field.text,
    revision: field.revision,
    value: z.number().optional().describe("after an increment"),
  }),
  example: { key: "profile", merge: '{"tier":"gold"}' },
  async run({ agent }, { key, ...given }) {
    const { revision, value } = await edit(agent, key, given);
    /** The new number, of an increment. */
    return { key, revision, ...(typeof value === "number" && { value }) };
  },
});

interface Edits {
  readonly merge?: {} | null | undefined;
  readonly append?: {} | null | undefined;
  readonly increment?: number | null | undefined;
}

/** @throws INVALID_ARGUMENTS unless exactly one edit is given */
function edit(
  agent: AgentContext,
  key: string,
  { merge, append, increment }: Edits,
): Promise<{ readonly revision: number; readonly value: JsonValue }> {
  const given = [merge, append, increment].filter((each) => (each ?? undefined) !== undefined);
  if (given.length !== 1)
    throw wrongEdit(
      "Pass exactly one of merge, append and increment.",
      given.length === 0 ? "Add one of them." : "Call it once for each of them.",
    );
  if (merge !== undefined && merge !== null) {
    const patch = parseStructuredText(merge, "merge");
    if (typeof patch !== "object" || Array.isArray(patch))
      throw wrongEdit(
        "`merge` must be a JSON object.",
        'Write the fields to set: {"tier":"gold"}.',
      );
    return agent.merge(key, patch);
  }
  if (append !== undefined && append !== null)
    return agent.append(key, parseStructuredText(append, "append"));
  return agent.increment(key, increment ?? 1);
}

function wrongEdit(message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path: "merge" } });
}
