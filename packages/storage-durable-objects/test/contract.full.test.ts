import { contractInWorkerd } from "./support/contract-in-workerd.ts";

await contractInWorkerd({ scope: "all", runs: 8 });
