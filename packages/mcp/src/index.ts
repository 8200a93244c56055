export type { AgentServerOptions, Approval, ServerInfo, TraceContext } from "./agent/options.ts";
