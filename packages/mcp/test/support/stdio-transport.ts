import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/client/stdio";

/** Starts a program of the tests with Node. It shares what Node has compiled, which the transport would not hand on. */
export function stdioTransport(args: readonly string[]): StdioClientTransport {
  const { NODE_COMPILE_CACHE = "" } = process.env;
  return new StdioClientTransport({
    command: process.execPath,
    args: [...args],
    env: { ...getDefaultEnvironment(), NODE_COMPILE_CACHE },
  });
}
