import { useLocation } from "wouter";

export function usePathname(): string {
  return useLocation()[0];
}
