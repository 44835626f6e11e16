import { Component, type ReactNode } from "react";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";

interface Props {
  children: ReactNode;
  /** A new key (the path) clears the error. */
  place: string;
}

/** Keeps a broken page from taking the shell with it. */
export class ErrorBoundary extends Component<Props, { error: Error | null; place: string }> {
  override state = { error: null as Error | null, place: this.props.place };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  static getDerivedStateFromProps(props: Props, state: { place: string }) {
    return props.place === state.place ? null : { error: null, place: props.place };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const outdated = /dynamically imported module|module script/i.test(error.message);
    return (
      <EmptyState
        tone="danger"
        title={outdated ? "Periscope was updated" : "This page broke"}
        actions={<Button onClick={() => location.reload()}>Reload</Button>}
      >
        <p>{outdated ? "The page comes from a version that is no longer served." : error.message}</p>
      </EmptyState>
    );
  }
}
