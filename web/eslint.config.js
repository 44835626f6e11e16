import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { direction } from "./lint/direction.js";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "public", "src/api/schema.ts"] },
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks, periscope: { rules: { direction } } },
    rules: {
      "periscope/direction": "error",
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "no-console": "error",
      "max-lines": ["error", { max: 500, skipBlankLines: true }],
      eqeqeq: "error",
    },
  },
);
