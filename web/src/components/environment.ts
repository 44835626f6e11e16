import type { Environment } from "@/api/contract";

/** The colour that says which environment this is. Never used for status. */
export const ENVIRONMENT_BG: Record<Environment, string> = {
  production: "bg-env-production",
  staging: "bg-env-staging",
  development: "bg-env-development",
  other: "bg-env-other",
};
