export type { ProcessIo } from "./command/process-io.ts";
export { run } from "./command/program.ts";
