// Single keys of a page; while somebody writes they are letters.
import { useEffect } from "react";

export function useKeys(deeds: Record<string, () => void>): void {
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      const at = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || at.closest("input, textarea, select")) return;
      deeds[event.key.toLowerCase()]?.();
    }
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [deeds]);
}
