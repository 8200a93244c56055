export { aiTools, type AiToolsOptions } from "./ai-tools.ts";
export { type InvalidToolCall, type RepairToolCall, repairToolCall } from "./repair-tool-call.ts";
