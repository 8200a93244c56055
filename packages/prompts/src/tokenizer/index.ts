export { o200kTokens } from "./o200k-tokens.ts";
