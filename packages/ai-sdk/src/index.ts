export { aiTools, type AiToolsOptions } from "./ai-tools.ts";
export { type BrokenCall, type RepairToolCall, repairToolCall } from "./repair-tool-call.ts";
