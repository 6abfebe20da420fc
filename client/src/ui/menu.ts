import type { IconName } from "./icons";

export interface Choice {
  readonly label: string;
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly act: () => void;
}
