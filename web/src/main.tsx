import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { asApiError } from "@/api/problem";
import { App } from "./app/app";
import "./styles/app.css";

const client = new QueryClient({
  queryCache: new QueryCache({
    // Whichever answer hears of it first: the session is over, or does not admit any more.
    onError: (error, query) => {
      const { status, code } = asApiError(error).problem;
      if ((status === 401 || code === "not_admitted") && query.queryKey[0] !== "session")
        void client.invalidateQueries({ queryKey: ["session"] });
    },
  }),
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      // A refusal stays one; only what never reached the server is worth asking again.
      retry: (failures, error) => failures < 2 && asApiError(error).problem.status === 0,
    },
  },
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
