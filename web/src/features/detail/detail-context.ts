import { createContext, useContext } from "react";
import type { ObjectRef } from "@/api/contract";

export interface DetailPlace {
  ref: ObjectRef;
  onTab: (tab: string) => void;
  /** The object is gone: what is asked of it again would only be refused. */
  gone: boolean;
}

const Context = createContext<DetailPlace | null>(null);

export const DetailProvider = Context.Provider;

/** Which object the block belongs to. */
export function useDetail(): DetailPlace {
  const place = useContext(Context);
  if (!place) throw new Error("a block stands outside the detail pane");
  return place;
}
