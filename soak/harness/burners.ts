import { spawn } from "node:child_process";

// Exits when the soak process ends for any reason, because its input closes.
const BURN = `
  process.stdin.on("end", () => process.exit()).resume();
  const burn = () => { for (const end = Date.now() + 50; Date.now() < end;); setImmediate(burn); };
  burn();
`;

/**
 * Starts processes that each keep a core busy.
 * @returns a function that ends them
 */
export function startBurners(count: number): () => void {
  const burners = Array.from({ length: count }, () =>
    spawn(process.execPath, ["-e", BURN], { stdio: ["pipe", "ignore", "inherit"] }),
  );
  return () => burners.forEach((each) => each.kill("SIGKILL"));
}
