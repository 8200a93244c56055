// A step of `pnpm build`.
import { bundlePackages } from "./bundle-packages.mjs";

await bundlePackages();
