export { agentTools, type AgentToolsOptions } from "./agent-tools.ts";
