import {
  type ParametersByDialect,
  propertiesOf,
  type SchemaDialect,
  toParameters,
} from "../schema/parameters.ts";
import { type ToolName, toolOf } from "../tools/index.ts";
import type { Effect, Toolset } from "../toolset.ts";

/** A tool as it is described to a model or framework. */
export interface ToolDefinition<D extends SchemaDialect = "strict"> {
  /** With the handler's prefix. */
  name: string;
  description: string;
  effect: Effect;
  toolset: Toolset;
  /** JSON Schema of its arguments. */
  parameters: ParametersByDialect[D];
}

export interface ToolsOptions<D extends SchemaDialect = SchemaDialect> {
  /**
   * The form of the JSON Schemas: `"strict"` for strict modes, `"portable"` for all else, such as Gemini.
   * @default "strict"
   */
  readonly dialect?: D | undefined;
}

/** What is the handler's own in a definition. */
export interface DefinitionContext {
  readonly prefix: string;
  /** The handler's default time to live, in words. */
  readonly defaultTtl: string | undefined;
}

/** A new object each time, so that no caller's change reaches another. */
export function toDefinition<D extends SchemaDialect>(
  name: ToolName,
  dialect: D,
  { prefix, defaultTtl }: DefinitionContext,
): ToolDefinition<D> {
  const { description, effect, toolset, input } = toolOf(name);
  const properties = new Map(propertiesOf(input));
  const ttl = properties.get("ttl_hours");
  if (ttl !== undefined && defaultTtl !== undefined)
    properties.set("ttl_hours", { ...ttl, absent: defaultTtl });
  return {
    name: `${prefix}${name}`,
    description,
    effect,
    toolset,
    parameters: toParameters(properties, dialect),
  };
}
