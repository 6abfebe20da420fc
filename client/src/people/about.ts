import type { Instance } from "../wire/shapes";

/** What runs here: "Tea House · Cooee 0.1.0". */
export const about = ({ name, version }: Instance): string =>
  name === "Cooee" ? `Cooee ${version}` : `${name} · Cooee ${version}`;
