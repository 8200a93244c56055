/** Declarations for excerpts in the docs: names of the reader's program, and omitted imports. */
export const EXCERPT_GLOBALS = `import type { ModelServer } from "@syntha/testing-model-server";

type Core = typeof import("@syntha/core");
type Graph = typeof import("@langchain/langgraph");
type ToolHandler = import("@syntha/tools").ToolHandler;

declare global {
  const handler: ToolHandler;
  const triage: ToolHandler;
  const prices: Record<string, string>;
  const token: string;
  const z: typeof import("zod").z;

  // Storages
  const copyTenant: Core["copyTenant"];
  const from: import("@syntha/core").Storage;
  const to: import("@syntha/core").Storage;
  const mesh: import("@syntha/core").ContextMesh;
  const pool: import("@syntha/storage-postgres").OpenPool;
  const PostgresStorage: typeof import("@syntha/storage-postgres").PostgresStorage;
  const stopWriters: () => Promise<void>;
  const startWritersOn: (storage: import("@syntha/core").Storage) => Promise<void>;
  const MyStorage: new (options: {
    clock: import("@syntha/core").Clock;
  }) => import("@syntha/core").Storage;

  // Frameworks
  const message: import("@anthropic-ai/sdk").Anthropic.Message;
  const weather: import("ai").Tool;
  const aiTools: typeof import("@syntha/ai-sdk").aiTools;
  const OpenAI: typeof import("openai").default;
  const model: import("@langchain/openai").ChatOpenAI;
  const tools: ReturnType<typeof import("@syntha/langchain").langchainTools>;
  const checkpointer: import("@langchain/langgraph").MemorySaver;
  const ChatOpenAI: typeof import("@langchain/openai").ChatOpenAI;
  const StateGraph: Graph["StateGraph"];
  const MessagesAnnotation: Graph["MessagesAnnotation"];
  const ToolNode: typeof import("@langchain/langgraph/prebuilt").ToolNode;
  const createAgent: typeof import("langchain").createAgent;
  const humanInTheLoopMiddleware: typeof import("langchain").humanInTheLoopMiddleware;
  const interruptOn: typeof import("@syntha/langchain").interruptOn;
  const preserveInvalidToolCalls: typeof import("@syntha/langchain").preserveInvalidToolCalls;
  const langchainTools: typeof import("@syntha/langchain").langchainTools;
  const meshMiddleware: typeof import("@syntha/langchain").meshMiddleware;
  const myTools: (handler: ToolHandler) => readonly unknown[];
  const myFramework: {
    run(
      prompt: string,
      options: { tools: readonly unknown[]; baseURL: ModelServer["openaiUrl"] },
    ): Promise<{ text: string }>;
  };
}
`;

/** A package that is the reader's own. */
export const READERS_PACKAGE = `
declare module "your-storage" {
  export const YourStorage: new (options: {
    clock: import("@syntha/core").Clock;
  }) => import("@syntha/core").Storage;
}
`;
