import { checkJsonSchema, checkName, checkStrict } from "./json-schema.ts";
import type { Json, Vendor } from "./vendor.ts";

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

interface FunctionTool {
  readonly name?: string;
  readonly parameters?: Json;
  readonly strict?: boolean | null;
}

/** Chat Completions, which have the function inside of the tool, and Responses, which have it flat. */
export const openai: Vendor = {
  name: "openai",
  path: /^\/v1\/(chat\/completions|responses)$/,
  check({ tools = [] }) {
    for (const tool of tools as ({ type?: string; function?: FunctionTool } & FunctionTool)[]) {
      if (tool.type !== "function") continue;
      const { name, parameters = {}, strict } = tool.function ?? tool;
      const checked = checkName(name, NAME);
      checkJsonSchema(checked, parameters);
      if (strict === true) checkStrict(checked, parameters);
    }
  },
  toError: (message) => ({
    error: { message, type: "invalid_request_error", param: "tools", code: null },
  }),
};
