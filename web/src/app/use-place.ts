import { useMemo } from "react";
import { useLocation } from "wouter";
import { parsePlace, type Place } from "@/lib/place";

export function usePlace(): Place {
  const [path] = useLocation();
  return useMemo(() => parsePlace(path), [path]);
}

/** The cluster a place is about; null for the fleet's own pages. */
export function clusterOf(place: Place): string | null {
  return "cluster" in place ? place.cluster : null;
}
