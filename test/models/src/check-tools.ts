import { Ajv } from "ajv";
import type { OfferedTool } from "./conversation.ts";

const ajv = new Ajv({ strict: true, allowUnionTypes: true });

/**
 * Refuses what a vendor's strict mode refuses of our tools: every property is required, no others are allowed.
 * Tools of the test's own are only checked to be JSON Schema.
 * @throws Error that names the tool
 */
export function checkTools(tools: Iterable<OfferedTool>, strictOnes: ReadonlySet<string>): void {
  for (const { name, description, parameters } of tools) {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) throw new Error(`${name} is no name of a tool.`);
    if (!ajv.validateSchema(withoutDraft(parameters)))
      throw new Error(`${name}: parameters are no JSON Schema: ${ajv.errorsText()}`);
    if (!strictOnes.has(name)) continue;
    const { type, properties, required, additionalProperties } = parameters;
    const names = Object.keys((properties ?? {}) as object).toSorted();
    if (type !== "object" || additionalProperties !== false)
      throw new Error(`${name}: parameters are not a closed object.`);
    if (JSON.stringify(names) !== JSON.stringify([...((required ?? []) as string[])].toSorted()))
      throw new Error(`${name}: strict mode wants every property to be required.`);
    if (description === "") throw new Error(`${name} has no description.`);
  }
}

/** Frameworks name the draft that they write; we check what they all have in common. */
function withoutDraft(schema: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== "$schema"));
}
