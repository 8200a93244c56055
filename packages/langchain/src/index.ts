export { interruptOn } from "./interrupt-on.ts";
export { preserveInvalidToolCalls } from "./invalid-tool-calls.ts";
export { langchainTools, type LangchainToolsOptions } from "./langchain-tools.ts";
export { meshMiddleware } from "./mesh-middleware.ts";
