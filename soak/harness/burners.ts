import { spawn } from "node:child_process";

// Ends with the soak, however that ends: its input closes then.
const BURN = `
  process.stdin.on("end", () => process.exit()).resume();
  const burn = () => { for (const end = Date.now() + 50; Date.now() < end;); setImmediate(burn); };
  burn();
`;

/**
 * Starts processes that keep a core busy each.
 * @returns how to end them
 */
export function startBurners(count: number): () => void {
  const burners = Array.from({ length: count }, () =>
    spawn(process.execPath, ["-e", BURN], { stdio: ["pipe", "ignore", "inherit"] }),
  );
  return () => burners.forEach((each) => each.kill("SIGKILL"));
}
