import { checkJsonSchema, checkName } from "./json-schema.ts";
import type { Json, Vendor } from "./vendor.ts";

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;

interface MessageTool {
  readonly type?: string;
  readonly name?: string;
  readonly input_schema?: Json;
  readonly strict?: boolean;
}

export const anthropic: Vendor = {
  name: "anthropic",
  path: /^\/v1\/messages$/,
  check({ tools = [] }) {
    for (const { type = "custom", name, input_schema = {}, strict } of tools as MessageTool[]) {
      if (type !== "custom") continue;
      const checked = checkName(name, NAME);
      checkJsonSchema(checked, input_schema);
      if (input_schema["type"] !== "object")
        throw new Error(`tools: ${checked}: input_schema.type: Input should be 'object'`);
      if (strict === true && input_schema["additionalProperties"] !== false)
        throw new Error(`tools: ${checked}: 'additionalProperties' must be explicitly false.`);
    }
  },
  toError: (message) => ({ type: "error", error: { type: "invalid_request_error", message } }),
};
