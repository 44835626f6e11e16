import { useSyncExternalStore } from "react";
import { readSettings, subscribeSettings, type Settings } from "@/lib/settings";

export function useSettings(): Settings {
  return useSyncExternalStore(subscribeSettings, readSettings);
}
