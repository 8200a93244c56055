export {
  adapterContract,
  type AdapterContractOptions,
  PRICE_OF,
  type AdapterRun,
} from "./adapter-contract.ts";
