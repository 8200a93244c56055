export {
  adapterContract,
  type AdapterContractOptions,
  PRICE_OF,
  type Stage,
} from "./adapter-contract.ts";
