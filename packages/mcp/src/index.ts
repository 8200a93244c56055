export type { AgentServerOptions, Approval, ServerInfo } from "./agent/options.ts";
