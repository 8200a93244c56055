export type { CliProcess } from "./cli.ts";
export { run } from "./run.ts";
export type { OutputStream } from "./terminal/terminal.ts";
