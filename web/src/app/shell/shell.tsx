import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { useClusters } from "@/api/queries";
import { ActionHost } from "@/components/actions/action-host";
import { ENVIRONMENT_BG } from "@/components/environment";
import { useShortcuts } from "@/components/shortcuts";
import { kindTitle, useKind } from "@/components/use-kinds";
import { Palette } from "@/features/palette/palette";
import type { Place } from "@/lib/place";
import { Sheet } from "@/ui/dialog";
import { ErrorBoundary } from "../error-boundary";
import { clusterOf } from "../use-place";
import { Dock } from "./dock";
import { Navigation } from "./navigation";
import { Notices } from "./notices";
import { Rail } from "./rail";
import { placeTitle, TopBar } from "./top-bar";

const KeysDialog = lazy(async () => ({
  default: (await import("@/features/settings/keys-dialog")).KeysDialog,
}));

type Overlay = "palette" | "keys" | "sheet" | null;

/** A title that makes sense in a browser tab. */
function useDocumentTitle(place: Place) {
  const cluster = clusterOf(place);
  const id = "kind" in place ? place.kind : "";
  const title = placeTitle(place, kindTitle(useKind(cluster, id), id));
  useEffect(() => {
    document.title = [title, cluster, "Periscope"]
      .filter((part, at, all) => part && all.indexOf(part) === at)
      .join(" · ");
  }, [title, cluster]);
}

function usePaletteKey(open: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      open();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [open]);
}

interface ShellProps {
  place: Place;
  /** Since when nobody is signed in any more: the page stays, and says so. */
  signedOut: number | null;
  children: ReactNode;
}

export function Shell({ place, signedOut, children }: ShellProps) {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [typed, setTyped] = useState("");
  const openPalette = (text = "") => {
    setTyped(text);
    setOverlay("palette");
  };
  usePaletteKey(() => openPalette());
  useShortcuts({ "?": () => setOverlay("keys"), ":": () => openPalette(":") });
  useDocumentTitle(place);
  const cluster = clusterOf(place);
  const environment = useClusters().data?.find((each) => each.id === cluster)?.environment;
  const close = () => setOverlay(null);
  const sides = (
    <>
      <Rail
        cluster={cluster}
        fleet={cluster === null && place.page !== "settings" && place.page !== "who-can"}
        asking={place.page === "who-can"}
      />
      <Navigation place={place} />
    </>
  );
  return (
    <div className="flex h-dvh flex-col">
      <div
        aria-hidden
        className={`h-[2px] shrink-0 ${environment ? ENVIRONMENT_BG[environment] : "bg-transparent"}`}
      />
      <Notices signedOut={signedOut} />
      <div className="flex min-h-0 flex-1">
        <div className="flex max-md:hidden">{sides}</div>
        <div className="flex min-w-0 flex-1 flex-col">
          <TopBar
            place={place}
            onMenu={() => setOverlay("sheet")}
            onSearch={() => openPalette()}
            onKeys={() => setOverlay("keys")}
          />
          <main className="min-h-0 flex-1">{children}</main>
          <Dock />
        </div>
      </div>
      {overlay === "sheet" && (
        <Sheet title="clusters and resources" onClose={close}>
          <div
            className="flex h-full"
            onClick={(event) => event.target instanceof Element && event.target.closest("a") && close()}
          >
            {sides}
          </div>
        </Sheet>
      )}
      {/* Not lazy: what is typed right after the key must not be lost to a download. */}
      {overlay === "palette" && <Palette initial={typed} onClose={close} place={place} />}
      <ErrorBoundary place={place.page}>
        <ActionHost />
      </ErrorBoundary>
      <Suspense>{overlay === "keys" && <KeysDialog onClose={close} />}</Suspense>
    </div>
  );
}
