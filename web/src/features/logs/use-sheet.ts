import { useSyncExternalStore } from "react";

const query = () => matchMedia("(max-width: 767px)");

const subscribe = (listener: () => void) => {
  const media = query();
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
};

/** Whether the dock covers the whole screen. */
export const useSheet = (): boolean => useSyncExternalStore(subscribe, () => query().matches);
