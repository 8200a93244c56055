import { type ParametersSchema, toParameters } from "../schema/strict-json-schema.ts";
import { type ToolName, toolOf } from "../tools/index.ts";
import type { Effect, Toolset } from "../toolset.ts";

/** A tool as a model or framework is told of it. */
export interface ToolDefinition {
  /** With the handler's prefix. */
  name: string;
  description: string;
  effect: Effect;
  toolset: Toolset;
  /** JSON Schema of its arguments, as strict modes want it. */
  parameters: ParametersSchema;
}

/** Made anew each time, so that nobody's change reaches another. */
export function toDefinition(name: ToolName, prefix: string): ToolDefinition {
  const { description, effect, toolset, input } = toolOf(name);
  return {
    name: `${prefix}${name}`,
    description,
    effect,
    toolset,
    parameters: toParameters(input),
  };
}
