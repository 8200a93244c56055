import { SynthaError } from "@syntha/core";
import * as z from "zod";
import { field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { defineTool } from "../tool.ts";

export const deleteContext = defineTool({
  name: "delete_context",
  toolset: "context",
  effect: "destroy",
  description: "Delete a key that you own.",
  input: z.strictObject({ key: parameter.name, if_revision: parameter.optionalRevision }),
  output: z.object({ key: field.text }),
  example: { key: "inquiry" },
  async run({ agent }, { key, if_revision }) {
    const deleted = await agent.delete(key, { ifRevision: if_revision ?? undefined });
    if (deleted) return { key };
    throw new SynthaError("NOT_FOUND", `There is no key ${JSON.stringify(key)} that you can see.`);
  },
});
