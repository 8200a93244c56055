/** Runs programs that users would run, many in one process. */
export { ProgramProcess } from "./program-process.ts";
export type { Program, Run } from "./run-programs.ts";
