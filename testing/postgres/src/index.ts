export { freshDatabase, freshSchema } from "./fresh-database.ts";
export type { FreshDatabase, FreshSchema, Role } from "./fresh-database.ts";
export { startServer } from "./server.ts";
export type { Server, ServerOptions } from "./server.ts";
export { TcpProxy } from "./tcp-proxy.ts";
export type { Side } from "./tcp-proxy.ts";
export { TransactionPooler } from "./transaction-pooler.ts";
export type { PoolerOptions } from "./transaction-pooler.ts";
